package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.base.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What this node has to tell the others and has not yet. From any thread.
///
/// Of a user only the newest waits, and there are no more users than connections: this has no other
/// bound but that when many wait, all is told anew. Of the rest the oldest is given up.
final class ToOthers {
  /// Of each stream; and what waits longer than [#OLD_MILLIS] is of no use any more.
  static final int WAITING_MAX = 4_096;

  static final long WAITING_BYTES_MAX = 4L << 20;
  static final long OLD_MILLIS = 10_000;
  private static final int CHANGED_MAX = 100_000;

  /// So much is told in one step.
  private static final int TOLD_AT_ONCE = 256;

  private static final long BYTES_AT_ONCE = 256 * 1024;

  /// One message, see tell.lua.
  record Message(String kind, byte[] a, byte[] b, long bornMillis) {
    long sizeBytes() {
      return 64L + a.length + b.length;
    }
  }

  private final Map<String, Long> here = new LinkedHashMap<>();
  private final Map<String, Boolean> changed = new LinkedHashMap<>();
  private final ArrayDeque<Message> control = new ArrayDeque<>();
  private final ArrayDeque<Message> passing = new ArrayDeque<>();
  private long passingBytes;
  private boolean anew;
  private final Clock clock;
  private final Consumer<Message> givenUp;

  /// @param givenUp hears what is given up; not to call back
  ToOthers(Clock clock, Consumer<Message> givenUp) {
    this.clock = clock;
    this.givenUp = givenUp;
  }

  Message message(String kind, String a, byte[] b) {
    return new Message(kind, a.getBytes(UTF_8), b, clock.monotonicMillis());
  }

  synchronized void came(String user, long sinceMillis) {
    here.put(user, sinceMillis);
    changed(user);
  }

  synchronized void left(String user) {
    here.remove(user);
    changed(user);
  }

  private void changed(String user) {
    changed.put(user, true);
    if (changed.size() > CHANGED_MAX) {
      changed.clear();
      anew = true;
    }
  }

  /// Whether too much has changed to be told one by one; said once.
  synchronized boolean takeAnew() {
    boolean was = anew;
    anew = false;
    return was;
  }

  /// Nobody knows of anybody here: all is to be told again.
  synchronized void allAnew() {
    changed.clear();
    here.keySet().forEach(user -> changed.put(user, true));
  }

  synchronized void tell(Message message) {
    control.add(message);
    if (control.size() > WAITING_MAX) {
      givenUp.accept(control.remove());
    }
  }

  synchronized void pass(Message message) {
    passing.add(message);
    passingBytes += message.sizeBytes();
    while (passing.size() > WAITING_MAX || passingBytes > WAITING_BYTES_MAX) {
      Message oldest = passing.remove();
      passingBytes -= oldest.sizeBytes();
      givenUp.accept(oldest);
    }
  }

  synchronized boolean isEmpty() {
    return changed.isEmpty() && control.isEmpty() && passing.isEmpty() && !anew;
  }

  /// Who came or left; [#changedAgain(List)] puts it back.
  synchronized List<Message> takeChanged() {
    List<Message> taken = new ArrayList<>();
    for (String user : List.copyOf(changed.keySet())) {
      if (taken.size() == TOLD_AT_ONCE) {
        break;
      }
      changed.remove(user);
      Optional<Long> since = Optional.ofNullable(here.get(user));
      taken.add(
          message(
              since.isPresent() ? "on" : "off",
              user,
              since.map(String::valueOf).orElse("").getBytes(UTF_8)));
    }
    return taken;
  }

  synchronized void changedAgain(List<Message> untold) {
    untold.forEach(each -> changed.put(new String(each.a(), UTF_8), true));
  }

  /// These were taken, and not told: they are the next.
  synchronized void tellAgain(List<Message> untold) {
    untold.reversed().forEach(control::addFirst);
  }

  /// As [#tellAgain(List)], for what is passed on.
  synchronized void passAgain(List<Message> untold) {
    untold.reversed().forEach(passing::addFirst);
    passingBytes += untold.stream().mapToLong(Message::sizeBytes).sum();
  }

  synchronized List<Message> takeControl() {
    return take(control);
  }

  synchronized List<Message> takePassing() {
    List<Message> taken = take(passing);
    passingBytes = passing.stream().mapToLong(Message::sizeBytes).sum();
    return taken;
  }

  private List<Message> take(ArrayDeque<Message> from) {
    List<Message> taken = new ArrayList<>();
    long bytes = 0;
    long now = clock.monotonicMillis();
    while (!from.isEmpty() && taken.size() < TOLD_AT_ONCE && bytes < BYTES_AT_ONCE) {
      Message next = from.remove();
      if (now - next.bornMillis() > OLD_MILLIS) {
        givenUp.accept(next);
      } else {
        taken.add(next);
        bytes += next.sizeBytes();
      }
    }
    return taken;
  }
}
