package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.engine.Answer;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.engine.Query;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.CatchUp.PageRequest;
import dev.tidings.session.Session;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Reads on from the log for connections that are not up to date, a page at a time, whenever their
/// sockets have room. The rules of who is where are in [dev.tidings.session.CatchUp].
final class CatchingUp {
  private static final int PAGE_ENTRIES_MAX = 200;

  private final Shard shard;
  private final Passing passing;

  /// Sessions of this lane that are owed something.
  private final Set<Session> behind = new LinkedHashSet<>();

  CatchingUp(Shard shard, Passing passing) {
    this.shard = shard;
    this.passing = passing;
  }

  /// This session is owed something now.
  void note(Session session) {
    behind.add(session);
  }

  void left(Session session) {
    behind.remove(session);
  }

  /// The lane has worked off a commit, or some time has passed.
  void proceedAll() {
    if (!behind.isEmpty()) {
      List.copyOf(behind).forEach(this::proceed);
    }
  }

  /// Tells what is lost for good and asks for the next page this session needs, if any and if it
  /// can take them. To be called when its socket has drained, too.
  void proceed(Session session) {
    if (session.isClosed()) {
      behind.remove(session);
      return;
    }
    if (session.hasArrears() && session.outbox().isDrained()) {
      session.settle(settlement(session));
    }
    if (session.owesMarks() && session.outbox().isDrained()) {
      shard.put(session, out -> marks(out, session.takeOwedMarks()));
    }
    Optional<PageRequest> page = session.nextPage(shard.worked);
    if (session.isToldEverything() && !session.hasArrears()) {
      behind.remove(session);
    }
    page.ifPresent(wanted -> read(session, wanted));
  }

  /// Of topics without log: what is lost is said, or made good by what is newest there.
  private Session.Settlement settlement(Session session) {
    return new Session.Settlement() {
      @Override
      public void lost(String topic, int entries) {
        boolean latest = shard.settings.policyOf(topic).kind() == TopicPolicy.Kind.LATEST;
        if (latest && !session.outbox().isDrained()) {
          session.lose(topic, entries); // one after the other, as there is room
        } else if (latest) {
          tellNewest(session, topic);
        } else {
          tellLost(session, topic, entries);
        }
      }

      @Override
      public void held(byte[] units) {
        shard.put(session, out -> out.raw(units));
      }
    };
  }

  private static void marks(JsonWriter out, Collection<Session.OwedMark> owed) {
    for (Session.OwedMark mark : owed) {
      if (out.length() > 0) {
        out.newLine();
      }
      EntryWriter.mark(out, mark.in(), mark.from(), mark.got(), mark.read());
    }
  }

  private void tellNewest(Session session, String topic) {
    JsonWriter newest = passing.newest(topic);
    if (newest.length() > 0 && shard.topics.isFollowedBy(session, topic)) {
      shard.put(session, out -> out.rawUnits(newest));
    }
  }

  private void tellLost(Session session, String topic, int entries) {
    shard.put(
        session,
        out ->
            out.beginObject()
                .name("op")
                .plain("gap")
                .name("in")
                .plain("t:" + topic)
                .name("lost")
                .number(entries)
                .endObject());
  }

  private void read(Session session, PageRequest wanted) {
    ConversationId in = wanted.in();
    Query query =
        new Query.History(
            in,
            session.user(),
            "",
            OptionalLong.of(wanted.after()),
            OptionalLong.empty(),
            PAGE_ENTRIES_MAX,
            Reading.REPLY_BYTES_MAX,
            in.kind() == ConversationId.Kind.TOPIC);
    Ticket ticket =
        Ticket.of(
            shard.index,
            answer -> {
              if (!session.isClosed() && session.awaits(wanted)) {
                shard.guarded(
                    session,
                    () -> {
                      readOn(session, wanted, answer);
                      proceed(session);
                    });
              }
            });
    if (!shard.engine.read(query, ticket)) {
      session.pageFailed(); // the sweep tries again
    }
  }

  private void readOn(Session session, PageRequest wanted, Answer answer) {
    ConversationId in = wanted.in();
    if (answer instanceof Answer.Page page) {
      give(session, wanted, page);
      session.gavePage(page);
    } else if (answer instanceof Answer.Refused refused && refused.retryMillis() > 0) {
      session.pageFailed();
    } else {
      session.owesNothing(in); // he may not see it any more
    }
  }

  private void give(Session session, PageRequest wanted, Answer.Page page) {
    long after = wanted.after();
    boolean trimmed = page.low() > after + 1 && !wanted.fresh();
    if (!trimmed && page.items().isEmpty()) {
      return;
    }
    String address = wanted.in().addressFor(session.user());
    shard.put(
        session,
        out -> {
          if (trimmed) {
            gap(out, address, after, page);
          }
          for (Entry entry : page.items()) {
            if (out.length() > 0) {
              out.newLine();
            }
            EntryWriter.unit(out, address, entry, entry.from().equals(session.user()));
          }
        });
  }

  private static void gap(JsonWriter out, String in, long after, Answer.Page page) {
    out.beginObject().name("op").plain("gap").name("in").plain(in);
    out.name("epoch").plain(page.conversation().epoch());
    out.name("after").number(after).name("head").number(page.head()).endObject();
  }
}
