package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.BAD_REQUEST;
import static dev.tidings.protocol.ErrorCode.CURSOR;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.TOO_MANY;

import dev.tidings.auth.Caps;
import dev.tidings.engine.Answer;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Query;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.session.Session;
import java.util.Optional;
import java.util.OptionalLong;

/// `sub` and `unsub`: topics here, presence in [PresenceWatch].
final class Subscribing {
  private final Shard shard;
  private final Replies replies;
  private final Reading reading;
  private final CatchingUp catchingUp;
  private final PresenceWatch presence;
  private final Streams streams;

  Subscribing(
      Shard shard,
      Replies replies,
      Reading reading,
      CatchingUp catchingUp,
      PresenceWatch presence,
      Streams streams) {
    this.shard = shard;
    this.replies = replies;
    this.reading = reading;
    this.catchingUp = catchingUp;
    this.presence = presence;
    this.streams = streams;
  }

  void subscribe(Request asking, Command.Subscribe subscribe) {
    bound(asking).ifPresent(request -> follow(request, subscribe));
  }

  /// The request for the session that is to follow; empty if there is none, and that was said.
  private Optional<Request> bound(Request request) {
    if (!request.session().isDetached()) {
      return Optional.of(request);
    }
    String name = request.session().connection().stream();
    if (name.isEmpty()) {
      replies.err(request, BAD_REQUEST, "needs a connection, or a stream named by X-Conn");
      return Optional.empty();
    }
    Optional<Session> stream = streams.find(name, request.session().user());
    if (stream.isEmpty()) {
      replies.noSuchStream(request);
    }
    return stream.map(request::of);
  }

  private void follow(Request request, Command.Subscribe subscribe) {
    Session session = request.follower();
    Address in = subscribe.in();
    if (!request.identity().caps().maySubscribe(in)) {
      replies.err(request, FORBIDDEN, "may not follow " + in);
    } else if (session.subscriptions().size() >= shard.settings.subscriptionsMax()
        && !follows(session, in)) {
      replies.err(
          request, TOO_MANY, "at most " + shard.settings.subscriptionsMax() + " subscriptions");
    } else {
      switch (in.kind()) {
        case TOPIC -> topic(request, subscribe);
        case USER_PRESENCE -> presence.user(request, in);
        case GROUP_PRESENCE -> presence.group(request, in);
        case USER, GROUP, ANNOUNCEMENT ->
            replies.err(request, BAD_REQUEST, "in: only topics and presence are subscribed to");
      }
    }
  }

  private boolean follows(Session session, Address in) {
    return in.kind() == Address.Kind.TOPIC
        ? shard.topics.isFollowedBy(session, in.name())
        : presence.isWatchedBy(session, in);
  }

  private void topic(Request request, Command.Subscribe subscribe) {
    Address in = subscribe.in();
    if (!shard.settings.keeps(in.name())) {
      shard.topics.subscribe(request.follower(), in.name());
      replies.ok(request, out -> out.name("in").plain(in.toString()));
      return;
    }
    OptionalLong since = streams.since(request);
    if (!subscribe.since().isEmpty()) {
      since = shard.engine.toldUpTo(subscribe.since(), shard.clock.epochMillis());
      if (since.isEmpty()) {
        replies.err(request, CURSOR, "sub without since, and read the log");
        return;
      }
    }
    ConversationId id = ConversationId.of(in, request.actor());
    if (awaitsHead(request.follower(), id)) {
      replies.busy(request); // another POST has just asked for it, and it may yet fail
      return;
    }
    // Followed before the head is read: what is appended in between waits in a note.
    boolean fresh = shard.topics.subscribe(request.follower(), in.name());
    if (fresh && !request.follower().awaitHead(id)) {
      shard.topics.unsubscribe(request.follower(), in.name());
      replies.busy(request);
      return;
    }
    if (fresh) {
      catchingUp.note(request.follower());
    }
    Query query =
        since.isPresent() && fresh
            ? new Query.OwedOf(id, since.getAsLong())
            : headOrItems(request, subscribe, id);
    boolean taken =
        reading.read(
            request, query, (asking, answer) -> headRead(asking, subscribe, id, fresh, answer));
    if (!taken && fresh) {
      undo(request.follower(), id);
    }
  }

  private static boolean awaitsHead(Session session, ConversationId topic) {
    return session.isCatchingUp() && session.catchUp().awaitsHead(topic);
  }

  private static Query headOrItems(
      Request request, Command.Subscribe subscribe, ConversationId id) {
    boolean items = subscribe.after().isPresent() || subscribe.last().isPresent();
    return new Query.History(
        id,
        request.actor(),
        subscribe.epoch(),
        subscribe.after(),
        OptionalLong.empty(),
        items ? subscribe.last().orElse(200) : 1,
        Reading.REPLY_BYTES_MAX,
        true);
  }

  private void undo(Session session, ConversationId topic) {
    shard.topics.unsubscribe(session, topic.name());
    session.owesNothing(topic);
  }

  private void headRead(
      Request request,
      Command.Subscribe subscribe,
      ConversationId id,
      boolean fresh,
      Answer answer) {
    Session session = request.follower();
    if (session.isClosed()) {
      replies.noSuchStream(request); // it ended meanwhile, and with it what it followed
      return;
    }
    if (replies.refused(request, answer)) {
      if (fresh) {
        undo(session, id);
      }
      return;
    }
    if (answer instanceof Answer.Page page) {
      reply(request, subscribe, page);
      if (fresh) {
        session.startsBehind(id, page.head(), page.commit());
      }
    } else if (answer instanceof Answer.Owing owing) {
      Answer.Owed row = owing.rows().getFirst();
      replies.ok(
          request,
          out -> {
            out.name("in").plain(subscribe.in().toString());
            Replies.epoch(out, row.conversation());
            out.name("head").number(row.head());
          });
      session.catchUp().startsWith(row, owing.commit());
    }
    catchingUp.proceed(session);
  }

  private void reply(Request request, Command.Subscribe subscribe, Answer.Page page) {
    boolean after = subscribe.after().isPresent();
    boolean whole =
        after
            && !page.more()
            && subscribe.after().getAsLong() >= page.low() - 1
            && subscribe.after().getAsLong() <= page.head();
    replies.ok(
        request,
        out -> {
          out.name("in").plain(subscribe.in().toString());
          Replies.epoch(out, page.conversation());
          out.name("head").number(page.head());
          if (after) {
            out.name("whole").bool(whole);
          }
          if (whole || subscribe.last().isPresent()) {
            Reading.items(out, "items", page.items(), request.actor());
          }
        });
  }

  /// What a renewed token does not allow any more ends.
  void keepOnly(Session session, Caps caps) {
    for (String topic : shard.topics.followedBy(session)) {
      if (!caps.maySubscribe(new Address(Address.Kind.TOPIC, topic))) {
        undo(session, new ConversationId(ConversationId.Kind.TOPIC, topic));
      }
    }
    presence.keepOnly(session, caps);
  }

  void unsubscribe(Request asking, Address in) {
    Session session = asking.session();
    if (session.isDetached() && session.connection().stream().isEmpty()) {
      unfollow(asking, in); // there is nothing to end
    } else {
      bound(asking).ifPresent(request -> unfollow(request, in));
    }
  }

  private void unfollow(Request request, Address in) {
    Session session = request.follower();
    switch (in.kind()) {
      case TOPIC -> {
        undo(session, ConversationId.of(in, request.actor()));
      }
      case USER_PRESENCE, GROUP_PRESENCE -> presence.unwatch(session, in);
      case USER, GROUP, ANNOUNCEMENT -> {
        replies.err(request, BAD_REQUEST, "in: only topics and presence are subscribed to");
        return;
      }
    }
    replies.ok(request, out -> out.name("in").plain(in.toString()));
  }
}
