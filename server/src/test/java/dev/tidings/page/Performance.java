package dev.tidings.page;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One scene, played on a stage.
///
/// What the page shows at a terminal must come there, word for word but for the [Samples]. What
/// comes besides may be left out on the page, unless it is an `err`, a `bye` or a `gap`. Who is
/// shown without an `auth` of his own has said it before; a name that begins with `guest` has not.
final class Performance {
  private static final JsonMapper JSON = new JsonMapper();

  /// What tells which of the lines that come is the one on the page.
  private static final List<String> KEYS = List.of("in", "seq", "re", "from", "user", "kind");

  private static final Set<String> UNANSWERED = Set.of("signal", "mark", "pong");
  private static final Set<String> ANSWERS = Set.of("ok", "err", "welcome", "pong");
  private static final Set<String> NEVER_LEFT_OUT = Set.of("err", "bye", "gap");
  private static final Pattern ASSIGNS = Pattern.compile("([A-Z]+)=\\$\\((.*)\\)");
  private static final String LAST = "{\"op\":\"ping\",\"id\":\"the end\"}";

  private final Scene scene;
  private final Stage stage;
  private final Samples samples = new Samples();

  /// By terminal, what came and was not on the page yet.
  private final Map<String, Deque<String>> leftOut = new LinkedHashMap<>();

  private final Set<String> open = new LinkedHashSet<>();
  private final Set<String> shells = new HashSet<>();

  /// Those who read no further.
  private final Set<String> deaf = new HashSet<>();

  /// What is asked until the answer is right.
  private Step.@Nullable Says again;

  private boolean moment;

  private final List<String> faults = new ArrayList<>();

  private Performance(Scene scene, Stage stage) {
    this.scene = scene;
    this.stage = stage;
  }

  static void play(Scene scene, Stage stage, Map<String, String> variables) {
    Performance performance = new Performance(scene, stage);
    variables.forEach(performance.samples::set);
    performance.everybodyWhoIsThereConnects();
    for (Step step : scene.steps()) {
      try {
        performance.play(step);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "docs/protocol.md:%d: %s%n%s%nleft out so far: %s%n%s"
                .formatted(
                    step.line(),
                    step,
                    e,
                    performance.leftOut,
                    String.join("\n", performance.faults)),
            e);
      }
    }
    performance.nothingBadWasLeftOut();
    if (!performance.faults.isEmpty()) {
      throw new AssertionError(scene.title() + ":\n" + String.join("\n", performance.faults));
    }
  }

  private void everybodyWhoIsThereConnects() {
    Set<String> seen = new HashSet<>();
    for (Step step : scene.steps()) {
      boolean first = seen.add(step.who());
      boolean shown =
          step instanceof Step.Runs
              || (step instanceof Step.Says says && isAuth(says.text()))
              || step.who().startsWith("guest")
              || step.who().isEmpty()
              || step.who().equals("tidings");
      if (first && !shown && !scene.relay().contains(step.who())) {
        connect(step.who());
      }
    }
  }

  private static boolean isAuth(String unit) {
    return unit.contains("\"op\":\"auth\"");
  }

  private void connect(String who) {
    openIfNot(who);
    stage.says(who, samples.filled(stage.auth(who)));
    hear(who, "{\"op\":\"welcome\"}");
  }

  private void openIfNot(String who) {
    if (open.add(who)) {
      stage.opens(who, scene.relay().contains(who));
      leftOut.put(who, new ArrayDeque<>());
    }
  }

  private void play(Step step) {
    switch (step) {
      case Step.Says says -> say(says);
      case Step.Hears hears -> hear(hears);
      case Step.Runs runs -> run(runs);
      case Step.Presses(_, String who, char key) -> press(who, key);
      case Step.Waits(_, long seconds) -> stage.waits(seconds);
      case Step.Moment _ -> moment = true;
    }
  }

  private void say(Step.Says says) {
    String who = says.who();
    if (!open.contains(who)
        && !who.startsWith("guest")
        && !isAuth(says.text())
        && !scene.relay().contains(who)) {
      connect(who);
    }
    openIfNot(who);
    again = moment ? says : null;
    moment = false;
    for (int i = 1; i <= says.times(); i++) {
      stage.says(who, samples.filled(says.text()).replace("#", "" + i));
    }
    if (says.times() == 1 && !scene.relay().contains(who) && !deaf.contains(who)) {
      awaitAnswer(who, says.text());
    }
  }

  /// What is said on the page next, by whomever, is said after this was answered.
  private void awaitAnswer(String who, String text) {
    JsonNode request;
    try {
      request = JSON.readTree(text);
    } catch (JacksonException e) {
      return; // nobody knows what of the answer would tell
    }
    boolean silent = UNANSWERED.contains(request.path("op").asString("")) && !request.has("id");
    if (silent) {
      return;
    }
    Deque<String> before = leftOut.computeIfAbsent(who, _ -> new ArrayDeque<>());
    String line;
    JsonNode came;
    do {
      line = stage.hears(who);
      before.add(line);
      came = unit(line);
    } while (!came.path("op").asString("").equals("bye")
        && !(ANSWERS.contains(came.path("op").asString(""))
            && request.path("id").equals(came.path("id"))));
  }

  private void run(Step.Runs runs) {
    Matcher assigns = ASSIGNS.matcher(runs.command());
    if (assigns.matches()) {
      samples.set(assigns.group(1), stage.output(samples.filled(assigns.group(2))));
      return;
    }
    open.add(runs.who());
    shells.add(runs.who());
    leftOut.put(runs.who(), new ArrayDeque<>());
    stage.runs(runs.who(), samples.filled(runs.command()));
  }

  private void press(String who, char key) {
    switch (key) {
      case 'S' -> {
        deaf.add(who);
        stage.readsNoFurther(who);
      }
      case 'Q' -> {
        deaf.remove(who);
        stage.readsOn(who);
      }
      default -> {
        if (who.equals("tidings")) {
          stage.end();
        } else {
          stage.leaves(who);
          open.remove(who);
        }
      }
    }
  }

  private void hear(Step.Hears hears) {
    openIfNot(hears.who());
    String first = hear(hears.who(), hears.text());
    Optional<String> fault = samples.differs(hears.text(), first);
    Step.Says question = again;
    if (fault.isPresent() && question != null) {
      stage.until(() -> {
        stage.says(question.who(), samples.filled(question.text()));
        return samples.differs(hears.text(), hear(hears.who(), hears.text())).isEmpty();
      });
    } else if (fault.isPresent()) {
      faults.add(
          "docs/protocol.md:%d: %s%n  the page:   %s%n  the server: %s"
              .formatted(hears.line(), fault.get(), hears.text(), samples.unfilled(first)));
    }
    JsonNode unit = unit(hears.text());
    if (unit.path("op").asString("").equals("bye")
        && !unit.has("within")
        && !shells.contains(hears.who())) {
      stage.ended(hears.who(), unit.path("close").asInt(0));
      open.remove(hears.who());
    }
  }

  /// The next line at `who` that may be the one that is on the page; others wait.
  private String hear(String who, String page) {
    Deque<String> before = leftOut.computeIfAbsent(who, _ -> new ArrayDeque<>());
    for (Iterator<String> each = before.iterator(); each.hasNext(); ) {
      String line = each.next();
      if (mayBe(page, line)) {
        each.remove();
        return line;
      }
    }
    String line = stage.hears(who);
    while (!mayBe(page, line)) {
      before.add(line);
      line = stage.hears(who);
    }
    return line;
  }

  private boolean mayBe(String page, String real) {
    if (page.startsWith("id: ")) {
      return real.startsWith("id: ");
    }
    if (page.indexOf('{') < 0) {
      return !real.isEmpty() && (real.indexOf('{') < 0 || scene.relay().size() > 0);
    }
    JsonNode shown = unit(page);
    JsonNode came = unit(real);
    if (shown.has("id")) {
      return shown.get("id").equals(came.path("id"));
    }
    boolean same = shown.path("op").equals(came.path("op"));
    for (String key : KEYS) {
      same &= !shown.has(key) || shown.get(key).equals(came.path(key));
    }
    return same;
  }

  private static JsonNode unit(String line) {
    int brace = line.indexOf('{');
    try {
      return JSON.readTree(brace < 0 ? "{}" : line.substring(brace));
    } catch (JacksonException e) {
      throw new AssertionError("no JSON: " + line, e);
    }
  }

  private void nothingBadWasLeftOut() {
    for (String who : List.copyOf(open)) {
      if (!shells.contains(who) && !scene.relay().contains(who)) {
        stage.says(who, LAST);
        hear(who, "{\"op\":\"pong\",\"id\":\"the end\"}");
      }
    }
    List<String> bad = new ArrayList<>();
    leftOut.forEach((who, lines) ->
        lines.stream()
            .filter(line -> NEVER_LEFT_OUT.contains(unit(line).path("op").asString("")))
            .forEach(line -> bad.add(who + " < " + line)));
    if (!bad.isEmpty()) {
      throw new AssertionError(scene.title() + ": the page leaves out " + bad);
    }
  }
}
