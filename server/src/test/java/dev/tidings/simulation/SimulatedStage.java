package dev.tidings.simulation;

import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import dev.tidings.config.ConversationSettings;
import dev.tidings.engine.EngineLimits;
import dev.tidings.hub.HubSettings;
import dev.tidings.page.ServeOptions;
import dev.tidings.page.Stage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A simulated server as a stage, where time passes when it is told to.
public final class SimulatedStage implements Stage {
  private static final int SEEDS = 4;
  private static final Pattern TOKEN =
      Pattern.compile("\\./tidings token --user (\\S+) --seconds (\\d+)");

  private static final class Screen implements Peer {
    private final Deque<String> lines = new ArrayDeque<>();
    private final SimulatedSocket socket;
    private OptionalInt closed = OptionalInt.empty();

    Screen(Simulation sim, String who) {
      this.socket = sim.accept(sim.anyLane(), sim.strand(who), this, /* lines= */ true);
    }

    @Override
    public void received(SimulatedSocket from, String units) {
      units.lines().forEach(lines::add);
    }

    @Override
    public void closed(SimulatedSocket which, OptionalInt code) {
      closed = code;
    }
  }

  private final Simulation sim;
  private final Map<String, Screen> screens = new HashMap<>();
  private int tokens;

  private SimulatedStage(Simulation sim) {
    this.sim = sim;
  }

  /// Plays `scene` with several seeds.
  public static void play(ServeOptions options, Consumer<Stage> scene) {
    ConversationSettings conversations =
        ConversationSettings.parse(
            options.list("retention"), options.list("channels"), options.list("topic-policies"));
    Simulation.story(
        SEEDS,
        sim -> {
          sim.with(EngineLimits.DEFAULTS.withRetention(conversations.retention()));
          sim.with(
              HubSettings.defaults("n1", EngineLimits.DEFAULTS.dedupeSeconds())
                  .withKeptTopics(options.list("keep-topics"))
                  .withChannels(conversations.channels())
                  .withTopicPolicies(conversations.topicPolicies()));
          scene.accept(new SimulatedStage(sim));
        });
  }

  @Override
  public void opens(String who, boolean relay) {
    Screen screen = new Screen(sim, who);
    screens.put(who, screen);
    screen.socket.open();
    sim.settle();
  }

  @Override
  public String auth(String who) {
    return "{\"op\":\"auth\",\"user\":\"" + who.replaceFirst("-.*", "") + "\"}";
  }

  private Screen screen(String who) {
    return Objects.requireNonNull(screens.get(who), who + " is not connected");
  }

  @Override
  public void says(String who, String line) {
    screen(who).socket.say(line);
    sim.settle();
  }

  @Override
  public String hears(String who) {
    String line = screen(who).lines.poll();
    if (line == null) {
      throw new AssertionError(who + " hears nothing more");
    }
    return line;
  }

  @Override
  public void ended(String who, int code) {
    OptionalInt closed = screen(who).closed;
    if (closed.isEmpty() || closed.getAsInt() != code) {
      throw new AssertionError(who + " was closed with " + closed);
    }
  }

  @Override
  public void runs(String who, String command) {
    throw new AssertionError("only with real sockets");
  }

  @Override
  public String output(String command) {
    Matcher token = TOKEN.matcher(command);
    if (!token.matches()) {
      throw new AssertionError("only with real sockets");
    }
    long expires = sim.nowMillis() + Long.parseLong(token.group(2)) * 1_000;
    String name = "token-" + ++tokens;
    sim.issue(
        name,
        new Identity(
            token.group(1), /* service= */ false, Caps.DEVELOPMENT, OptionalLong.of(expires)));
    return name;
  }

  @Override
  public void leaves(String who) {
    screen(who).socket.hangUp();
    sim.settle();
  }

  @Override
  public void readsNoFurther(String who) {
    screen(who).socket.takeOnly(0);
    sim.settle();
  }

  @Override
  public void readsOn(String who) {
    screen(who).socket.takeAll();
    sim.settle();
  }

  @Override
  public void waits(long seconds) {
    sim.passes(seconds * 1_000);
  }

  @Override
  public void end() {
    throw new AssertionError("only with real sockets");
  }

  @Override
  public void until(Attempt attempt) {
    for (int i = 0; i < 100; i++) {
      sim.passes(1_000);
      if (attempt.succeeds()) {
        return;
      }
    }
    throw new AssertionError("it is never so");
  }
}
