package dev.tidings.testbed.consistency;

import dev.tidings.testbed.TestbedFailure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// All events of one run, in the order in which they were noted; those of one client in the order
/// in which it saw them. Written by many threads.
///
/// Bounded: it holds at most so many events as it was made for (of some 100 bytes each). What does
/// not fit is counted, and then nothing is proved: [Checker] says so.
public final class Chronicle {
  /// About half a gigabyte.
  public static final int EVENTS_MAX = 5_000_000;

  private final int eventsMax;
  private final List<Event> events = new ArrayList<>();
  private long dropped;

  public Chronicle() {
    this(EVENTS_MAX);
  }

  public Chronicle(int eventsMax) {
    this.eventsMax = eventsMax;
  }

  public synchronized void note(Event event) {
    if (events.size() < eventsMax) {
      events.add(event);
    } else {
      dropped++;
    }
  }

  /// A copy of what is there now.
  public synchronized List<Event> events() {
    return List.copyOf(events);
  }

  /// How many events found no room.
  public synchronized long dropped() {
    return dropped;
  }

  /// One event per line, as JSON, so that a run can be judged again.
  public void write(Path file) {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (Event event : events()) {
        out.write(event.line());
        out.newLine();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What [#write(Path)] wrote.
  ///
  /// @throws TestbedFailure if it is something else
  public static Chronicle read(Path file) {
    Chronicle chronicle = new Chronicle();
    try (Stream<String> lines = Files.lines(file)) {
      lines.map(Event::parse).forEach(chronicle::note);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (chronicle.dropped() > 0) {
      throw new TestbedFailure(file + " has more than " + EVENTS_MAX + " lines");
    }
    return chronicle;
  }
}
