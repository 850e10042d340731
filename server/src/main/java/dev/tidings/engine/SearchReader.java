package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.BAD_REQUEST;
import static dev.tidings.protocol.ErrorCode.BUSY;
import static dev.tidings.protocol.ErrorCode.OFF;

import dev.tidings.engine.TextIndex.Finding;
import dev.tidings.engine.TextIndex.Place;
import dev.tidings.engine.TextIndex.Position;
import dev.tidings.engine.TextIndex.Stretch;
import dev.tidings.engine.TextIndex.Wanted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds what a user may read by what it says.
///
/// The index says where to look. Each place is held against the log: the entry must still say what
/// the index has of it, and must lie in the stretch that the reader sees at this moment. So nothing
/// is shown that `history` would not show, however far behind the index is.
final class SearchReader {
  /// Conversations with members in which one search looks: all that he is in, then the youngest of
  /// those that he left.
  static final int LOGS_MAX = 1_000;

  /// Places that are looked at for one answer.
  private static final int PLACES_MAX = 2_000;

  private static final long RETRY_MILLIS = 1_000;

  private final LogReader logs;
  private final Store store;
  private final Optional<TextIndex> index;

  SearchReader(LogReader logs, Store store, Optional<TextIndex> index) {
    this.logs = logs;
    this.store = store;
    this.index = index;
  }

  Answer search(Query.Search query) {
    if (index.isEmpty()) {
      return Answer.Refused.permanently(OFF, "search is off here: the operator says --search on");
    }
    Optional<Position> start = query.next().isEmpty() ? Optional.empty() : position(query.next());
    if (start.isEmpty() && !query.next().isEmpty()) {
      return Answer.Refused.permanently(BAD_REQUEST, "next: no such page");
    }
    Position behind = start.orElse(new Position(query.beforeMillis(), 0, 0));
    if (behind.tsMillis() > query.beforeMillis()) {
      behind = new Position(query.beforeMillis(), 0, 0);
    }
    Map<Long, LogReader.View> views = new HashMap<>();
    String privateOf = "";
    if (query.in().isPresent()) {
      ConversationId in = query.in().get();
      Optional<Long> number = logs.number(in);
      if (number.isEmpty()) {
        return LogReader.beginsByItself(in)
            ? new Answer.Found(List.of(), "", true)
            : LogReader.noSuch(in);
      }
      Optional<LogReader.View> view = logs.view(number.get(), query.reader(), query.privileged());
      if (view.isEmpty()) {
        return logs.unseen(number.get(), in);
      }
      views.put(number.get(), view.get());
    } else {
      privateOf = query.reader();
      addMemberships(views, query.reader(), query.channels());
    }
    return found(query, views, privateOf, behind);
  }

  private void addMemberships(
      Map<Long, LogReader.View> views, String reader, List<ConversationId> channels) {
    for (ConversationId channel : channels) {
      logs.number(channel)
          .ifPresent(number ->
              logs.view(number, reader, false).ifPresent(view -> views.put(number, view)));
    }
    Map<Long, LogReader.View> left = new HashMap<>();
    byte[] memberships = Keys.memberships(reader);
    try (Store.Scan scan = store.descending(memberships, Keys.endOf(memberships))) {
      while (scan.next()) {
        Membership membership = Membership.of(scan.value());
        Map<Long, LogReader.View> these = membership.isIn() ? views : left;
        if (these.size() < LOGS_MAX) {
          long number = Keys.lastNumber(scan.key());
          logs.view(number, reader, false).ifPresent(view -> these.put(number, view));
        }
      }
    }
    left.forEach((number, view) -> {
      if (views.size() < LOGS_MAX) {
        views.put(number, view);
      }
    });
  }

  private Answer found(
      Query.Search query, Map<Long, LogReader.View> views, String privateOf, Position from) {
    Map<Long, Stretch> stretches = new HashMap<>();
    views.forEach((number, view) -> stretches.put(number, new Stretch(view.low(), view.head())));
    List<Answer.Hit> hits = new ArrayList<>();
    Position behind = from;
    Position last = from;
    int bytes = 0;
    int looked = 0;
    while (true) {
      int wanted = query.limit() + 1 - hits.size(); // one more tells whether there is more
      Finding finding =
          index
              .get()
              .find(new Wanted(query.text(), query.from(), privateOf, stretches, behind, wanted));
      switch (finding) {
        case Finding.NoText(String rule) -> {
          return Answer.Refused.permanently(BAD_REQUEST, "q " + rule);
        }
        case Finding.NotNow(String why) -> {
          return new Answer.Refused(BUSY, why, RETRY_MILLIS);
        }
        case Finding.Places(List<Place> places, boolean whole) -> {
          for (Place place : places) {
            behind = place.position();
            Optional<Answer.Hit> hit = hit(query, views, place);
            if (hit.isEmpty()) {
              continue;
            }
            bytes += hit.get().entry().replyBytes();
            boolean full = hits.size() == query.limit() || bytes > query.bytesMax();
            if (full && !hits.isEmpty()) {
              return new Answer.Found(hits, text(last), whole);
            }
            hits.add(hit.get());
            last = behind;
          }
          looked += places.size();
          if (places.size() < wanted) {
            return new Answer.Found(hits, "", whole);
          }
          if (looked >= PLACES_MAX) {
            return new Answer.Found(hits, text(behind), whole);
          }
        }
      }
    }
  }

  /// What is said there at this moment, if he may read it.
  private Optional<Answer.Hit> hit(
      Query.Search query, Map<Long, LogReader.View> views, Place place) {
    long number = place.position().number();
    long seq = place.position().seq();
    LogReader.View view = views.get(number);
    if (view == null) { // a private conversation: as the index says, and as the log does
      Optional<LogReader.View> found = logs.view(number, query.reader(), false);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      view = found.get();
      views.put(number, view);
    }
    Conversation conversation = view.conversation();
    return seq < view.low() || seq > view.head()
        ? Optional.empty()
        : logs.says(number, seq, place.rev()).map(entry -> new Answer.Hit(conversation, entry));
  }

  private static String text(Position position) {
    return Long.toString(position.tsMillis(), 36)
        + "-"
        + Long.toString(position.number(), 36)
        + "-"
        + Long.toString(position.seq(), 36);
  }

  private static Optional<Position> position(String text) {
    String[] parts = text.split("-", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      Position position =
          new Position(
              Long.parseLong(parts[0], 36),
              Long.parseLong(parts[1], 36),
              Long.parseLong(parts[2], 36));
      return position.tsMillis() >= 0 && position.number() >= 0 && position.seq() >= 0
          ? Optional.of(position)
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
