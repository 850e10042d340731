package dev.tidings.page;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The examples below one heading of the page, in order: they go on from one another, and begin
/// with a server that has nothing.
///
/// A block without a word behind its fence is a dialogue, one with `relay` a dialogue at the plain
/// relay. An indented line goes on with the one before.
///
/// @param relay those who are at the plain relay
public record Scene(String title, List<Step> steps, List<String> relay) {
  private static final String NAME = "(?:([a-z][a-z0-9.-]*) +)?";
  private static final Pattern LINE = Pattern.compile(NAME + "([><$]) (.+)");
  private static final Pattern KEY = Pattern.compile(NAME + "\\^([CSQ])");
  private static final Pattern TIME = Pattern.compile("… ([\\d,]+) s");
  private static final Pattern TIMES = Pattern.compile("(.*\\S) {2,}([\\d,]+) times");

  /// All scenes of a page.
  public static List<Scene> of(String markdown) {
    return new Reader().read(markdown);
  }

  /// Whether time has to move, which it does only where it is virtual.
  public boolean needsTime() {
    return steps.stream()
        .anyMatch(step ->
            step instanceof Step.Waits
                || (step instanceof Step.Presses(_, _, char key) && key == 'S'));
  }

  /// What is typed, in order.
  public List<Step.Says> says() {
    return of(Step.Says.class);
  }

  /// What is read, in order.
  public List<Step.Hears> hears() {
    return of(Step.Hears.class);
  }

  /// What is run, in order.
  public List<Step.Runs> runs() {
    return of(Step.Runs.class);
  }

  private <S extends Step> List<S> of(Class<S> kind) {
    return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public String toString() {
    return title;
  }

  private static final class Reader {
    private final List<Scene> scenes = new ArrayList<>();
    private String title = "";
    private List<Step> steps = new ArrayList<>();
    private List<String> relay = new ArrayList<>();

    List<Scene> read(String markdown) {
      String block = "";
      boolean fenced = false;
      boolean inBlock = false;
      StringBuilder example = new StringBuilder();
      int begin = 0;
      int number = 0;
      for (String line : markdown.lines().toList()) {
        number++;
        boolean goesOn = inBlock && line.startsWith("   ") && !example.isEmpty();
        if (goesOn) {
          if (example.toString().endsWith("\\")) {
            example.setLength(example.length() - 1); // as a shell does
          }
          example.append(line.strip());
          continue;
        }
        if (!example.isEmpty()) {
          add(begin, example.toString(), block);
          example.setLength(0);
        }
        if (line.startsWith("```")) {
          fenced = !fenced;
          block = line.substring(3);
          inBlock = fenced && (block.isEmpty() || block.equals("relay"));
        } else if (inBlock && !line.isBlank()) {
          example.append(line);
          begin = number;
        } else if (!fenced && line.startsWith("#")) {
          end();
          title = line.replaceFirst("#+ *", "");
        }
      }
      end();
      return scenes;
    }

    private void end() {
      if (!steps.isEmpty()) {
        scenes.add(new Scene(title, List.copyOf(steps), List.copyOf(relay)));
      }
      steps = new ArrayList<>();
      relay = new ArrayList<>();
    }

    private void add(int number, String text, String block) {
      Step step = step(number, text, block);
      if (!(step instanceof Step.Hears(_, String who, String line))) {
        steps.add(step);
        return;
      }
      Matcher times = TIMES.matcher(line);
      boolean several = times.matches();
      for (int i = several ? (int) number(times.group(2)) : 1; i > 0; i--) {
        steps.add(new Step.Hears(number, who, several ? times.group(1) : line));
      }
    }

    private Step step(int number, String text, String block) {
      Matcher line = LINE.matcher(text);
      if (line.matches()) {
        String who = line.group(1) == null ? "" : line.group(1);
        if (block.equals("relay") && !relay.contains(who)) {
          relay.add(who);
        }
        return step(number, who, line.group(2), line.group(3));
      }
      Matcher key = KEY.matcher(text);
      if (key.matches()) {
        String who = key.group(1) == null ? "" : key.group(1);
        return new Step.Presses(number, who, key.group(2).charAt(0));
      }
      Matcher time = TIME.matcher(text);
      if (time.matches()) {
        return new Step.Waits(number, number(time.group(1)));
      }
      if (text.equals("… a moment")) {
        return new Step.Moment(number);
      }
      throw new IllegalArgumentException("docs/protocol.md:" + number + ": no example: " + text);
    }

    private static Step step(int number, String who, String mark, String rest) {
      return switch (mark) {
        case ">" -> {
          Matcher times = TIMES.matcher(rest);
          yield times.matches()
              ? new Step.Says(number, who, times.group(1), (int) number(times.group(2)))
              : new Step.Says(number, who, rest, 1);
        }
        case "<" -> new Step.Hears(number, who, rest);
        default -> new Step.Runs(number, who, rest);
      };
    }

    private static long number(String withCommas) {
      return Long.parseLong(withCommas.replace(",", ""));
    }
  }
}
