package dev.tidings.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Clock;
import dev.tidings.base.Lane;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A user whose connections are on several nodes, as one of them sees it.
class RegistryTest {
  private final List<String> told = new ArrayList<>();
  private final ByHand hand = new ByHand();
  private final OnlineUsers online = new OnlineUsers();
  private final Registry registry =
      new Registry(
          hand,
          hand,
          online,
          20,
          new Elsewhere() {
            @Override
            public void came(String user, long sinceMillis) {
              told.add("came " + user);
            }

            @Override
            public void left(String user) {
              told.add("left " + user);
            }

            @Override
            public boolean device(String user, String device) {
              return true;
            }
          },
          (user, on, ts) -> told.add((on ? "on " : "off ") + user));

  private static final class Connected implements Registrant {
    private final String device;
    private boolean replaced;

    Connected(String device) {
      this.device = device;
    }

    @Override
    public String user() {
      return "ann";
    }

    @Override
    public String device() {
      return device;
    }

    @Override
    public void replaced() {
      replaced = true;
    }
  }

  /// A lane and its clock, both moved by the story.
  private static final class ByHand implements Lane, Clock {
    private record Later(Runnable task, long atMillis) {}

    private final List<Later> later = new ArrayList<>();
    private long now = 1_000;

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Cancel schedule(Runnable task, long delayMillis) {
      Later one = new Later(task, now + delayMillis);
      later.add(one);
      return () -> later.remove(one);
    }

    @Override
    public long epochMillis() {
      return now;
    }

    @Override
    public long monotonicMillis() {
      return now;
    }

    void passes(long millis) {
      now += millis;
      List<Later> due = later.stream().filter(each -> each.atMillis() <= now).toList();
      later.removeAll(due);
      due.forEach(each -> each.task().run());
    }
  }

  private void assertTold(String... lines) {
    assertThat(told).containsExactly(lines);
    told.clear();
  }

  @Test
  void heIsOnUntilTheLastNodeHasLostHim() {
    Connected here = new Connected("");
    registry.register(here);
    registry.onAt("b", "ann", 7);
    registry.onAt("c", "ann", 7);
    assertTold("on ann", "came ann");
    registry.unregister(here);
    registry.offAt("b", "ann");
    hand.passes(60_000);
    assertTold("left ann");
    registry.offAt("c", "ann");
    hand.passes(9_999);
    assertTold();
    assertThat(online.isOn("ann")).isTrue();
    hand.passes(1);
    assertTold("off ann");
    assertThat(online.isOn("ann")).isFalse();
  }

  @Test
  void whoMovesToAnotherNodeDoesNotBlink() {
    registry.onAt("b", "ann", 7);
    assertTold("on ann");
    registry.offAt("b", "ann");
    hand.passes(9_000);
    registry.register(new Connected(""));
    hand.passes(60_000);
    assertTold("came ann");
  }

  @Test
  void heIsOnSinceHeCameToTheFirstNode() {
    registry.onAt("b", "ann", 7);
    registry.register(new Connected(""));
    assertThat(online.onSinceMillis("ann")).contains(7L);
  }

  @Test
  void anOlderConnectionOfADeviceGivesWayToTheOneOnAnotherNode() {
    Connected phone = new Connected("phone");
    registry.register(phone);
    registry.announced("ann", "phone");
    registry.onAt("b", "ann", 7);
    registry.deviceAt("ann", "phone");
    assertThat(phone.replaced).isTrue();
    assertTold("on ann", "came ann", "left ann");
    registry.unregister(phone);
    hand.passes(60_000);
    assertTold();
  }

  /// Both nodes decide by the one order in which both were announced, so that one of them stays.
  @Test
  void theOneThatIsAnnouncedLaterStays() {
    Connected phone = new Connected("phone");
    registry.register(phone);
    registry.deviceAt("ann", "phone"); // it was announced before ours, which is still to come
    assertThat(phone.replaced).isFalse();
    registry.announced("ann", "phone");
    registry.deviceAt("ann", "phone");
    assertThat(phone.replaced).isTrue();
  }
}
