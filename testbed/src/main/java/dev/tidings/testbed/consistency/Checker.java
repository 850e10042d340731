package dev.tidings.testbed.consistency;

import dev.tidings.testbed.consistency.Violation.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Proves of what a [Chronicle] tells, per conversation, or says where it fails: nothing confirmed
/// is lost, nothing is there twice, all readers have one order, without holes, and whatever is
/// missing was declared. A pure function of the events.
///
/// It proves nothing of what nobody looked at: at least one reader must have begun at the beginning
/// of each log and reached its end ([Event.Began], [Event.Reached]).
public final class Checker {
  /// So many are told one by one.
  public static final int VIOLATIONS_MAX = 50;

  private final Map<String, Log> logs = new LinkedHashMap<>();
  private final List<Violation> violations = new ArrayList<>();
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private long sent;
  private long confirmed;
  private long heard;
  private long declared;
  private long readers;

  private Checker() {}

  public static Verdict check(Chronicle chronicle) {
    Checker checker = new Checker();
    if (chronicle.dropped() > 0) {
      checker.report(Kind.UNPROVED, "", chronicle.dropped() + " events found no room");
    }
    List<Event> events = chronicle.events();
    // Sends first: an entry may be heard before its sender has noted that it was sent.
    for (Event event : events) {
      if (event instanceof Event.Sent it) {
        checker.sent++;
        checker.log(it).sent.add(it.message());
      }
    }
    events.forEach(checker::take);
    checker.logs.values().forEach(Log::judge);
    return new Verdict(
        checker.violations,
        checker.counts,
        checker.sent,
        checker.confirmed,
        checker.heard,
        checker.declared,
        checker.readers);
  }

  private Log log(Event event) {
    return logs.computeIfAbsent(event.in(), Log::new);
  }

  private void take(Event event) {
    Log log = log(event);
    switch (event) {
      case Event.Sent _, Event.Unconfirmed _ -> {}
      case Event.Confirmed it -> {
        confirmed++;
        log.confirmed.add(it);
        log.stands(it.epoch(), it.seq(), it.message(), "the ok to " + it.who());
      }
      case Event.Began it -> log.reader(it).begin(it.epoch(), it.after());
      case Event.Heard it -> {
        heard++;
        log.stands(it.epoch(), it.seq(), it.message(), it.who());
        log.reader(it).hear(it.epoch(), it.seq());
      }
      case Event.Skipped it -> log.reader(it).skip(it.epoch(), it.before());
      case Event.Replaced it -> log.reader(it).replace(it);
      case Event.Reached it -> log.reader(it).reach(it.epoch(), it.head());
    }
  }

  private void report(Kind kind, String in, String words) {
    counts.merge(kind, 1L, Long::sum);
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(new Violation(kind, in, words));
    }
  }

  private record Place(String epoch, long seq) {
    @Override
    public String toString() {
      return epoch + "/" + seq;
    }
  }

  private record Name(String epoch, String message) {}

  /// What somebody saw at a place, first.
  private record Witness(String message, String who) {}

  /// One conversation.
  private final class Log {
    private final String in;
    private final Set<String> sent = new HashSet<>();
    private final List<Event.Confirmed> confirmed = new ArrayList<>();
    private final Map<Place, Witness> places = new HashMap<>();
    private final Map<Name, Long> names = new HashMap<>();
    private final Map<String, Reader> readers = new LinkedHashMap<>();

    /// Logs that were declared to be replaced by another one.
    private final Set<String> replaced = new HashSet<>();

    Log(String in) {
      this.in = in;
    }

    Reader reader(Event event) {
      return readers.computeIfAbsent(event.who(), who -> new Reader(this, who));
    }

    /// Somebody says what stands at a place: all must say the same, and none of it elsewhere.
    void stands(String epoch, long seq, String message, String who) {
      Place place = new Place(epoch, seq);
      Witness first = places.putIfAbsent(place, new Witness(message, who));
      if (first != null && !first.message().equals(message)) {
        report(
            Kind.CONTRADICTION,
            in,
            String.format(
                "at %s stands '%s' for %s and '%s' for %s",
                place, first.message(), first.who(), message, who));
      }
      if (message.isEmpty()) {
        return;
      }
      Long before = names.putIfAbsent(new Name(epoch, message), seq);
      if (before != null && before != seq) {
        report(
            Kind.TWICE_KEPT,
            in,
            String.format("'%s' stands at %s and at %d, says %s", message, place, before, who));
      }
      if (!sent.contains(message)) {
        report(Kind.INVENTED, in, String.format("'%s' at %s, says %s", message, place, who));
      }
    }

    void judge() {
      List<Reader> full = readers.values().stream().filter(Reader::isFull).toList();
      Checker.this.readers += full.size();
      if (full.isEmpty() && !confirmed.isEmpty()) {
        report(Kind.UNPROVED, in, confirmed.size() + " confirmed, and nobody read it all");
      }
      for (Event.Confirmed each : confirmed) {
        judge(each, full);
      }
    }

    private void judge(Event.Confirmed ok, List<Reader> full) {
      boolean gone = false;
      for (Reader reader : full) {
        switch (reader.fate(ok.epoch(), ok.seq())) {
          case HEARD -> {}
          case DECLARED -> gone = true;
          case MISSING -> {
            report(
                Kind.LOST,
                in,
                String.format(
                    "'%s' was confirmed to %s at %s/%d with level %s and never reached %s, who is"
                        + " at %s",
                    ok.message(),
                    ok.who(),
                    ok.epoch(),
                    ok.seq(),
                    ok.level(),
                    reader.who,
                    reader.where()));
            return; // one lost message counts once
          }
        }
      }
      if (gone) {
        declared++;
      }
    }
  }

  private enum Fate {
    HEARD,
    DECLARED,
    MISSING
  }

  /// Seqs from `first` to `last`, both inclusive.
  private record Span(long first, long last) {
    boolean has(long seq) {
      return first <= seq && seq <= last;
    }
  }

  /// What one reader got of one log without it being replaced.
  private static final class Stretch {
    private String epoch;
    private long position;
    private final List<Span> declared = new ArrayList<>();
    private final List<Span> holes = new ArrayList<>();

    Stretch(String epoch, long after) {
      this.epoch = epoch;
      this.position = after;
    }
  }

  /// One reader of one conversation.
  private final class Reader {
    private final Log log;
    private final String who;
    private final List<Stretch> stretches = new ArrayList<>();
    private @Nullable Stretch current;
    private boolean fromTheBeginning;
    private boolean reached;

    Reader(Log log, String who) {
      this.log = log;
      this.who = who;
    }

    private Stretch open(String epoch, long after) {
      Stretch stretch = new Stretch(epoch, after);
      stretches.add(stretch);
      current = stretch;
      return stretch;
    }

    void begin(String epoch, long after) {
      fromTheBeginning = stretches.isEmpty() && after == 0;
      open(epoch, after);
    }

    void hear(String epoch, long seq) {
      Stretch now = here(epoch, seq - 1);
      if (seq == now.position + 1) {
        now.position = seq;
      } else if (seq > now.position) {
        hole(now, seq - 1);
        now.position = seq;
      } else {
        boolean missing = now.holes.stream().anyMatch(hole -> hole.has(seq));
        report(
            missing ? Kind.DISORDER : Kind.TWICE_HEARD,
            log.in,
            String.format("%s got %s/%d when at %d", who, epoch, seq, now.position));
      }
    }

    private void hole(Stretch now, long last) {
      now.holes.add(new Span(now.position + 1, last));
      report(
          Kind.HOLE,
          log.in,
          String.format("%s never got %s/%d to %d", who, now.epoch, now.position + 1, last));
    }

    /// The stretch that goes on; another one, if this is another log all of a sudden.
    private Stretch here(String epoch, long after) {
      Stretch now = current;
      if (now == null) {
        return open(epoch, after);
      }
      if (now.epoch.isEmpty()) {
        now.epoch = epoch;
      }
      if (!now.epoch.equals(epoch)) {
        report(
            Kind.UNDECLARED,
            log.in,
            String.format("%s was at %s and is in %s", who, where(), epoch));
        return open(epoch, after);
      }
      return now;
    }

    void skip(String epoch, long before) {
      Stretch now = here(epoch, before - 1);
      if (before > now.position + 1) {
        now.declared.add(new Span(now.position + 1, before - 1));
        now.position = before - 1;
      }
    }

    void replace(Event.Replaced it) {
      if (it.oldEpoch().equals(it.epoch())) {
        report(
            Kind.UNDECLARED,
            log.in,
            String.format(
                "%s was at %s, and %s goes on at %d", who, where(), it.epoch(), it.after()));
      } else {
        log.replaced.add(it.oldEpoch());
      }
      open(it.epoch(), it.after());
    }

    void reach(String epoch, long head) {
      Stretch now = here(epoch, head);
      reached = true;
      if (now.position < head) {
        hole(now, head);
        now.position = head;
      } else if (now.position > head) {
        report(
            Kind.UNDECLARED,
            log.in,
            String.format("%s was at %s, and the log ends at %d", who, where(), head));
      }
    }

    boolean isFull() {
      return fromTheBeginning && reached;
    }

    Fate fate(String epoch, long seq) {
      for (Stretch stretch : stretches) {
        if (stretch.epoch.equals(epoch) && seq <= stretch.position) {
          if (stretch.holes.stream().anyMatch(hole -> hole.has(seq))) {
            return Fate.MISSING;
          }
          return stretch.declared.stream().anyMatch(span -> span.has(seq))
              ? Fate.DECLARED
              : Fate.HEARD; // or before he began, which others must prove
        }
      }
      return log.replaced.contains(epoch) ? Fate.DECLARED : Fate.MISSING;
    }

    String where() {
      Stretch now = current;
      return now == null ? "nowhere" : now.epoch + "/" + now.position;
    }
  }
}
