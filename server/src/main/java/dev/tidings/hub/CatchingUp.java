package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Conversation;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.engine.Query;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Arrears;
import dev.tidings.session.CatchUp;
import dev.tidings.session.CatchUp.ListRequest;
import dev.tidings.session.CatchUp.PageRequest;
import dev.tidings.session.Session;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// Reads on from the log for connections that are not up to date, a page at a time, whenever their
/// sockets have room. The rules of who is where are in [dev.tidings.session.CatchUp].
final class CatchingUp {
  private static final int PAGE_ENTRIES_MAX = 200;

  private final Shard shard;
  private final Passing passing;
  private final Consumer<Session> beginsNow;

  /// Sessions of this lane that are owed something.
  private final Set<Session> behind = new LinkedHashSet<>();

  /// @param beginsNow told of who came with a cursor that turns out to be no good
  CatchingUp(Shard shard, Passing passing, Consumer<Session> beginsNow) {
    this.shard = shard;
    this.passing = passing;
    this.beginsNow = beginsNow;
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
    if (session.hasArrears()) {
      settle(session, session.arrears());
      session.forgetSettledArrears();
    }
    Optional<PageRequest> page = session.nextPage(shard.worked);
    Optional<ListRequest> list = nextList(session);
    if (session.isToldEverything() && !session.hasArrears()) {
      behind.remove(session);
    }
    page.ifPresent(wanted -> read(session, wanted));
    list.ifPresent(wanted -> read(session, wanted));
  }

  /// The next page of the list of what is to be replayed to this session, if it can take one.
  private static Optional<ListRequest> nextList(Session session) {
    return session.isCatchingUp() && session.outbox().isDrained()
        ? session.catchUp().nextList()
        : Optional.empty();
  }

  /// All that followed the commit `since` is owed to this session, which has just been welcomed.
  void replay(Session session, long since) {
    session.catchUp().replay(since);
    note(session);
    proceed(session);
  }

  private void read(Session session, ListRequest wanted) {
    Query query =
        new Query.OwedSince(
            session.user(),
            shard.channels.of(session.identity()),
            wanted.since(),
            wanted.from(),
            CatchUp.LISTED_MAX);
    if (!shard.engine.read(query, ticket(session, answer -> listRead(session, answer)))) {
      session.catchUp().listFailed(); // the sweep tries again
    }
  }

  private void listRead(Session session, Answer answer) {
    if (answer instanceof Answer.Owing list) {
      list.rows().forEach(row -> tellTurn(session, row));
      session.catchUp().listed(list);
    } else if (answer instanceof Answer.Refused refused && refused.code() == ErrorCode.CURSOR) {
      session.catchUp().listed(new Answer.Owing(List.of(), 0, shard.worked));
      beginsNow.accept(session);
    } else {
      session.catchUp().listFailed();
    }
  }

  /// What no entry of a quiet group says. Not if the lane knows better: it may have heard of
  /// another turn since, or not of this one yet, and says so itself.
  private void tellTurn(Session session, Answer.Owed row) {
    boolean isIn = isIn(session, row.conversation());
    String in = row.conversation().id().addressFor(session.user());
    String epoch = row.conversation().epoch();
    switch (row.turn()) {
      case NONE -> {}
      case LET_IN -> {
        if (isIn) {
          shard.put(session, out -> EntryWriter.gap(out, in, epoch, row.after(), row.head()));
        }
      }
      case LET_GO -> {
        if (!isIn && row.after() == row.head()) {
          shard.put(session, out -> EntryWriter.gone(out, in));
        }
      }
    }
  }

  private boolean isIn(Session session, Conversation group) {
    return shard.users.find(session.user()).filter(user -> user.isIn(group.number())).isPresent();
  }

  private void settle(Session session, Arrears arrears) {
    if (arrears.hasPassed() && session.outbox().isDrained()) {
      arrears.settle(settlement(session));
    }
    if (arrears.owesMarks() && session.outbox().isDrained()) {
      shard.put(session, out -> marks(out, arrears.takeMarks()));
    }
    if (arrears.owesPresence() && session.outbox().isDrained()) {
      List<byte[]> units = arrears.takePresences(session.subscriptions()::contains);
      if (!units.isEmpty()) {
        shard.put(session, out -> presences(out, units));
      }
    }
  }

  /// Of topics without log: what is lost is said, or made good by what is newest there.
  private Arrears.Settlement settlement(Session session) {
    return new Arrears.Settlement() {
      @Override
      public void lost(String topic, int entries) {
        boolean latest = shard.settings.policyOf(topic).kind() == TopicPolicy.Kind.LATEST;
        if (latest && !session.outbox().isDrained()) {
          session.arrears().lose(topic, entries); // one after the other, as there is room
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

  private static void marks(JsonWriter out, Collection<Arrears.OwedMark> owed) {
    for (Arrears.OwedMark mark : owed) {
      if (out.length() > 0) {
        out.newLine();
      }
      EntryWriter.mark(out, mark.in(), mark.from(), mark.got(), mark.read());
    }
  }

  private static void presences(JsonWriter out, List<byte[]> units) {
    for (byte[] unit : units) {
      if (out.length() > 0) {
        out.newLine();
      }
      out.raw(unit);
    }
  }

  private void tellNewest(Session session, String topic) {
    JsonWriter newest = passing.newest(topic);
    if (newest.length() > 0 && shard.topics.isFollowedBy(session, topic)) {
      shard.put(session, out -> out.rawUnits(newest));
    }
  }

  private void tellLost(Session session, String topic, int entries) {
    shard.put(session, out -> EntryWriter.lost(out, "t:" + topic, entries));
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
        ticket(
            session,
            answer -> {
              if (session.awaits(wanted)) {
                readOn(session, wanted, answer);
              }
            });
    if (!shard.engine.read(query, ticket)) {
      session.pageFailed(); // the sweep tries again
    }
  }

  /// Goes on with the session, unless that has ended meanwhile.
  private Ticket ticket(Session session, Consumer<Answer> then) {
    return Ticket.of(
        shard.index,
        answer -> {
          if (!session.isClosed()) {
            shard.guarded(
                session,
                () -> {
                  then.accept(answer);
                  proceed(session);
                });
          }
        });
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
    long after = Math.max(wanted.after(), wanted.doubtful());
    boolean trimmed = page.low() > after + 1;
    boolean letGo = wanted.letGo() && !page.more() && !isIn(session, page.conversation());
    if (!trimmed && page.items().isEmpty() && !letGo) {
      return;
    }
    String address = wanted.in().addressFor(session.user());
    shard.put(
        session,
        out -> {
          if (trimmed) {
            EntryWriter.gap(out, address, page.conversation().epoch(), after, page.head());
          }
          for (Entry entry : page.items()) {
            if (out.length() > 0) {
              out.newLine();
            }
            EntryWriter.unit(out, address, entry, entry.from().equals(session.user()));
          }
          if (letGo) {
            EntryWriter.gone(out.length() > 0 ? out.newLine() : out, address);
          }
        });
  }
}
