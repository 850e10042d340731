package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.BAD_JSON;
import static dev.tidings.protocol.ErrorCode.BAD_REQUEST;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.UNAUTHORIZED;

import dev.tidings.auth.Authenticator;
import dev.tidings.auth.Identity;
import dev.tidings.base.Clock;
import dev.tidings.base.Lane;
import dev.tidings.engine.CommitListener;
import dev.tidings.engine.Committed;
import dev.tidings.engine.Engine;
import dev.tidings.engine.Sanction;
import dev.tidings.presence.OnlineUsers;
import dev.tidings.presence.Registry;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.CommandDecoder;
import dev.tidings.protocol.Decoded;
import dev.tidings.protocol.Units;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.Frames;
import dev.tidings.session.SendRate;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door of the core on one lane. Transports say here what happened to their sockets, the engine
/// what was committed; everything a client may ask is a case of [#on(Session, Command)]. Confined
/// to its lane.
public final class Hub implements CommitListener {
  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);

  private static final int FAULTS_IN_A_ROW_MAX = 5;
  private static final long OVERLOADED_RETRY_MILLIS = 5_000;

  /// How long a kick waits at most for what was kept before it.
  private static final long KNOWN_WITHIN_MILLIS = 60_000;

  private static final long LOOK_AGAIN_MILLIS = 20;

  private final Shard shard;
  private final CommandDecoder decoder = new CommandDecoder();
  private final Registry registry;
  private final Replies replies;
  private final Joining joining;
  private final FanOut fanOut;
  private final Announcing announcing;
  private final Delivery delivery;
  private final Passing passing;
  private final CatchingUp catchingUp;
  private final Sending sending;
  private final Signals signals;
  private final Marking marking;
  private final Reading reading;
  private final Groups groups;
  private final Administration administration;
  private final PresenceWatch presence;
  private final Subscribing subscribing;
  private final Streams streams;
  private final Polls polls;
  private final Sweep sweep;
  private final Neighbours neighbours;
  private final String namePrefix;
  private long opened;

  private boolean draining;
  private @Nullable Runnable whenLeft;

  /// The last commit that the engine told of.
  private long told;

  /// The hub of lane `index`.
  public Hub(
      int index,
      Lane lane,
      Clock clock,
      Engine engine,
      Frames frames,
      Authenticator authenticator,
      OnlineUsers online,
      Neighbours neighbours,
      HubSettings settings) {
    this.shard =
        new Shard(
            index,
            lane,
            clock,
            engine,
            frames,
            new Admission(authenticator, engine.sanctions()),
            online,
            neighbours.congestion(),
            settings,
            this::guarded);
    this.neighbours = neighbours;
    this.namePrefix = settings.node() + "-" + index + "-";
    this.registry =
        new Registry(
            lane,
            clock,
            online,
            settings.connectionsPerUserMax(),
            neighbours.others(),
            (user, on, ts) -> neighbours.tellAll(hub -> hub.presence.changed(user, on, ts)));
    this.replies = new Replies(shard, this::cannotBegin);
    this.joining = new Joining(this, shard, replies, neighbours);
    this.fanOut = new FanOut(shard, this::nextRound);
    this.announcing = new Announcing(this, shard, fanOut);
    this.delivery = new Delivery(this, shard, fanOut, announcing);
    this.passing = new Passing(this, shard, fanOut, neighbours);
    this.catchingUp = new CatchingUp(shard, passing, stream -> Streams.beginsNow(replies, stream));
    this.sending = new Sending(shard, replies, passing);
    this.signals = new Signals(shard, replies, sending);
    this.marking = new Marking(shard, replies);
    this.reading = new Reading(shard, replies);
    this.polls = new Polls(shard, reading);
    this.groups = new Groups(shard, replies, reading);
    this.administration = new Administration(shard, replies, neighbours);
    this.presence = new PresenceWatch(this, shard, replies, reading, neighbours);
    this.streams = new Streams(shard, replies, catchingUp);
    this.subscribing = new Subscribing(shard, replies, reading, catchingUp, presence, streams);
    this.told = shard.worked;
    this.sweep = new Sweep(this, shard, catchingUp, presence, streams);
  }

  /// Begins the regular work of the lane. To be called once, on the lane.
  public void start() {
    sweep.start();
  }

  /// The node will end: everybody is told to be elsewhere within so many milliseconds, and served
  /// until he is. Strangers, and who comes now, are sent away at once. To be called on the lane,
  /// once; answers how many were told.
  ///
  /// @param left called once nobody is here any more
  public int drain(long withinMillis, Runnable left) {
    draining = true;
    List.copyOf(shard.guests).forEach(guest -> close(guest, CloseCode.DRAINING));
    int told = shard.everyone.size();
    Frame bye = shard.frame(out -> Units.byeWithin(out, CloseCode.DRAINING, withinMillis));
    shard.everyone.forEach(session -> sendAway(session, bye, withinMillis));
    bye.release();
    whenLeft = left;
    tellIfLeft();
    return told;
  }

  /// A stream's reader cannot open another one before this one ends, so it ends inside the window,
  /// at another moment each; he comes back by himself. A poll is answered.
  private void sendAway(Session session, Frame bye, long withinMillis) {
    if (session.connection().polls()) {
      polls.hurry(session);
      return;
    }
    session.outbox().put(bye);
    if (session.connection().oneWay() && withinMillis > 0) {
      long moment = Math.floorMod(session.name().hashCode() * 0x9E3779B1L, withinMillis);
      shard.lane.schedule(() -> close(session, CloseCode.DRAINING), moment);
    }
  }

  /// Whether whoever comes is sent away.
  public boolean isDraining() {
    return draining;
  }

  private void tellIfLeft() {
    Runnable left = whenLeft;
    if (left != null && shard.guests.isEmpty() && shard.everyone.isEmpty()) {
      whenLeft = null;
      left.run();
    }
  }

  /// Ends all connections because the node ends. To be called on the lane; answers how many.
  public int end() {
    draining = true;
    int there = shard.guests.size() + shard.everyone.size();
    endAll(CloseCode.DRAINING);
    return there;
  }

  private void endAll(CloseCode code) {
    List.copyOf(shard.guests).forEach(guest -> close(guest, code));
    shard.everyone.forEach(session -> close(session, code));
  }

  // What happens to sockets.

  /// A socket was opened; the stranger behind it is expected to `auth`.
  public Session opened(Connection connection) {
    Session session =
        Session.opened(connection, namePrefix, ++opened, shard.clock.monotonicMillis());
    shard.guests.add(session);
    if (draining) {
      close(session, CloseCode.DRAINING);
    }
    return session;
  }

  /// A socket was opened and a token came with it: `welcome` follows unasked.
  public Session opened(Connection connection, String token, String device) {
    Session session = opened(connection);
    if (session.isClosed()) {
      return session;
    }
    guarded(session, () -> joining.auth(session, Joining.byToken(token, device)));
    session.updateReading();
    return session;
  }

  /// A stream was opened, on which the peer can say nothing; who he is came with it.
  ///
  /// @param since the cursor that he was told last, `""` for none
  public Session opened(Connection connection, Command.Auth auth, String since) {
    Session session = opened(connection);
    if (session.isClosed()) {
      return session;
    }
    Joining.Arrival arrival =
        welcome -> {
          welcome.run();
          streams.welcomed(session, since, told);
        };
    guarded(session, () -> joining.auth(session, auth, arrival));
    session.updateReading();
    return session;
  }

  /// A poll was opened: `sync` is answered when it has something to tell, or after `waitMillis`.
  public Session opened(
      Connection connection, Command.Auth auth, Command.Sync sync, long waitMillis) {
    Session session = opened(connection);
    if (session.isClosed()) {
      return session;
    }
    Joining.Arrival arrival =
        _ -> {
          String refusal = forbids(session, sync, session.user());
          if (refusal.isEmpty()) {
            polls.welcomed(session, sync, waitMillis);
          } else {
            replies.err(session, sync.head(), FORBIDDEN, refusal);
          }
        };
    guarded(session, () -> joining.auth(session, auth, arrival));
    return session;
  }

  /// Something was written to a poll: it looks what it was.
  public void woken(Session poll) {
    polls.woken(poll);
  }

  /// The hub of the lane on which the connection of this name is, or would be; this one if it can
  /// be nowhere.
  public Hub of(String connection) {
    return neighbours.of(connection).orElse(this);
  }

  /// Runs `task` on this hub's lane.
  public void execute(Runnable task) {
    shard.lane.execute(task);
  }

  /// A stream has asked for all that it began with.
  public void begun(Session stream) {
    streams.begun(stream);
  }

  /// What a stream begins with could not be done now, and nobody is there to ask again: it ends,
  /// and its reader comes back to where it was.
  private void cannotBegin(Session stream) {
    streams.ended(stream); // no cursor is told any more
    shard.lane.execute(() -> close(stream, CloseCode.OVERLOADED));
  }

  /// Requests without a connection, of him whom `auth` names; empty if he is not believed.
  public Optional<Session> detached(Connection connection, Command.Auth auth, SendRate rate) {
    return switch (joining.verdict(connection, auth)) {
      case Authenticator.Verdict.Accepted(var identity) ->
          Optional.of(Session.detached(connection, identity, rate, shard.clock.monotonicMillis()));
      case Authenticator.Verdict.Expired(),
          Authenticator.Verdict.Blocked(),
          Authenticator.Verdict.Rejected(_) ->
          Optional.empty();
    };
  }

  /// Something of the house begins to follow a topic, and may publish there as far as its identity
  /// allows: no user, registered nowhere, told of nothing else.
  public Session inHouse(Connection connection, Identity identity, String topic) {
    Session session =
        Session.detached(connection, identity, new SendRate(), shard.clock.monotonicMillis());
    shard.topics.subscribe(session, topic);
    return session;
  }

  /// Something arrived that is no unit, but shows that the peer lives.
  public void heard(Session session) {
    session.heard(shard.clock.monotonicMillis());
  }

  /// One unit arrived, without its line end.
  public void receive(Session session, byte[] bytes, int from, int to) {
    if (session.isClosed()) {
      return;
    }
    session.heard(shard.clock.monotonicMillis());
    if (session.state() == Session.State.GUEST) {
      session.guestSaid(to - from);
    }
    guarded(session, () -> decoded(session, decoder.decode(bytes, from, to)));
    session.updateReading();
  }

  /// The socket has room again.
  public void drained(Session session) {
    if (!session.isClosed()) {
      guarded(session, () -> catchingUp.proceed(session));
      session.updateReading();
    }
  }

  /// The socket is gone, whoever ended it.
  public void closed(Session session) {
    Session.State was = session.state();
    if (was == Session.State.CLOSED) {
      return;
    }
    session.closed();
    shard.guests.remove(session);
    if (session.isDetached()) {
      return;
    }
    if (was == Session.State.LIVE) {
      shard.everyone.ended(session);
      shard.channels.ended(session);
    }
    if (session.connection().oneWay()) {
      streams.ended(session);
    }
    if (session.connection().polls()) {
      polls.ended(session);
    }
    joining.left(session, was == Session.State.LIVE);
    catchingUp.left(session);
    session.subscriptions().forEach(subscription -> subscription.ended(session));
    tellIfLeft();
  }

  /// Ends a connection for a reason, after what is queued for it.
  public void close(Session session, CloseCode code) {
    if (session.isClosed()) {
      return;
    }
    LOG.debug("close conn={} user={} code={}", session.name(), session.user(), code.wire());
    closed(session);
    long retryMillis = code == CloseCode.OVERLOADED ? OVERLOADED_RETRY_MILLIS : 0;
    Frame bye = shard.frame(out -> Units.bye(out, code, retryMillis));
    session.connection().close(code, bye);
    bye.release();
  }

  /// Tells what has no log to wait in: who has no room for it comes back, and sync tells him.
  void putOrClose(Session session, Frame frame) {
    if (session.outbox().isHalfFull()) {
      close(session, CloseCode.SLOW);
    } else {
      session.outbox().put(frame);
    }
  }

  /// A bug of ours ends the connection that met it, not the lane.
  private void guarded(Session session, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("request failed conn={} user={}", session.name(), session.user(), e);
      close(session, CloseCode.INTERNAL);
    }
  }

  // What clients ask.

  private void decoded(Session session, Decoded decoded) {
    switch (decoded) {
      case Decoded.Request(Command command) -> {
        session.wellFormed();
        on(session, command);
      }
      case Decoded.Refused refused -> {
        replies.err(session, refused.head(), refused.code(), refused.message());
        if (refused.code() != BAD_JSON) {
          session.wellFormed();
        } else if (session.fault() >= FAULTS_IN_A_ROW_MAX && !session.isDetached()) {
          close(session, CloseCode.PROTOCOL);
        }
      }
    }
  }

  private void on(Session session, Command command) {
    if (command instanceof Command.Auth auth) {
      auth(session, auth);
      return;
    }
    if (!session.isLive()) {
      replies.err(session, command.head(), UNAUTHORIZED, "auth first");
      return;
    }
    String as = command.head().as();
    if (!as.isEmpty() && !session.identity().service()) {
      replies.err(session, command.head(), FORBIDDEN, "only a service may act for others");
      return;
    }
    String actor = as.isEmpty() ? session.user() : as;
    String refusal = forbids(session, command, actor);
    if (refusal.isEmpty()) {
      on(command, session, actor);
    } else {
      replies.err(session, command.head(), FORBIDDEN, refusal);
    }
  }

  /// Why this may not be asked at all, `""` if it may.
  private String forbids(Session session, Command command, String actor) {
    if (command instanceof Command.Ping || command instanceof Command.Pong) {
      return "";
    }
    if (!session.identity().caps().mayAsk(command.head().op())) {
      return "may not " + command.head().op();
    }
    Sanction sanction = shard.engine.sanctions().of(actor);
    if (sanction.blocked()) {
      return actor + " is blocked by the operator";
    }
    return sanction.muted() && speaks(command) ? actor + " is muted by the operator" : "";
  }

  /// Whether others would hear what he says there.
  private static boolean speaks(Command command) {
    return switch (command) { // no default: a new command does not compile until it has a case
      case Command.Send _, Command.Edit _, Command.Signal _ -> true;
      case Command.Auth _,
          Command.Recall _,
          Command.Mark _,
          Command.Pref _,
          Command.Subscribe _,
          Command.Unsubscribe _,
          Command.History _,
          Command.Sync _,
          Command.Search _,
          Command.Group _,
          Command.Admin _,
          Command.Ping _,
          Command.Pong _ ->
          false;
    };
  }

  // What the operator wants of those who are here.

  /// Ends what is on this lane of connections of which `condemned` is true; answers how many.
  int kick(Predicate<Session> condemned) {
    List<Session> all = new ArrayList<>();
    for (Session guest : shard.guests) {
      if (guest.state() == Session.State.JOINING && condemned.test(guest)) {
        all.add(guest);
      }
    }
    shard.everyone.forEach(session -> {
      if (condemned.test(session)) {
        all.add(session);
      }
    });
    all.forEach(session -> close(session, CloseCode.KICKED));
    return all.size();
  }

  /// Ends whom the operator puts out of those on this lane; answers how many.
  int kick(OtherNodes.Kick kick) {
    String who = kick.who();
    return switch (kick.of()) {
      case USER ->
          kick(session ->
              session.user().equals(who)
                  && (kick.device().isEmpty() || session.device().equals(kick.device())));
      case CONNECTION -> kick(session -> session.name().equals(who));
      case TOKEN -> kick(session -> session.identity().token().id().equals(who));
      case UNWELCOME ->
          kick(session ->
              session.user().equals(who) && shard.admission.mayNotStay(session.identity()));
    };
  }

  /// As [#kick(OtherNodes.Kick)], once this node knows what was kept before: then nobody whom it
  /// concerns is let in behind it.
  void kickOnceKnown(OtherNodes.Kick kick) {
    kickOnceKnown(kick, shard.clock.monotonicMillis() + KNOWN_WITHIN_MILLIS);
  }

  private void kickOnceKnown(OtherNodes.Kick kick, long untilMillis) {
    if (shard.engine.commit() >= kick.commit() || shard.clock.monotonicMillis() >= untilMillis) {
      kick(kick);
    } else {
      shard.lane.schedule(() -> kickOnceKnown(kick, untilMillis), LOOK_AGAIN_MILLIS);
    }
  }

  private void auth(Session session, Command.Auth auth) {
    if (session.isDetached()) {
      replies.err(session, auth.head(), BAD_REQUEST, "the request's header says who asks");
    } else {
      joining.auth(session, auth);
    }
  }

  private void on(Command command, Session session, String actor) {
    if (command instanceof Command.Pong) {
      return; // anything heard is a sign of life; a pong needs no answer
    }
    Request request = new Request(session, command.head(), actor, session.nextOrdinal());
    switch (command) { // no default: a new command does not compile until it has a case
      case Command.Send send -> sending.send(request, send);
      case Command.Edit edit -> sending.edit(request, edit);
      case Command.Recall recall -> sending.recall(request, recall);
      case Command.Signal signal -> signals.signal(request, signal);
      case Command.Mark mark -> marking.mark(request, mark);
      case Command.Pref pref -> marking.prefer(request, pref);
      case Command.Subscribe subscribe -> subscribing.subscribe(request, subscribe);
      case Command.Unsubscribe unsubscribe -> subscribing.unsubscribe(request, unsubscribe.in());
      case Command.History history -> reading.history(request, history);
      case Command.Sync sync -> reading.sync(request, sync);
      case Command.Search search -> reading.search(request, search);
      case Command.Group group -> groups.group(request, group);
      case Command.Admin admin -> administration.admin(request, admin);
      case Command.Ping ping ->
          replies.reply(request, Optional.empty(), out -> Units.pong(out, ping.head().id()));
      case Command.Pong _, Command.Auth _ -> throw new IllegalStateException("handled above");
    }
  }

  // What the engine says.

  @Override
  public void on(long commit, List<Committed> committed, List<Answered> answers) {
    told = commit;
    if (!committed.isEmpty()) {
      handOut(() -> delivery.hand(commit, committed));
    }
    shard.worked = fanOut.workedOff(told);
    for (Answered answered : answers) {
      answered.ticket().on(answered.answer());
    }
    catchingUp.proceedAll();
  }

  /// Another round of what is handed out to many.
  private void nextRound(Runnable round) {
    handOut(round);
    shard.worked = fanOut.workedOff(told);
    catchingUp.proceedAll();
  }

  /// If that fails, nobody knows who was given what: they all come back and sync.
  private void handOut(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("delivery failed lane={} commit={}", shard.index, told, e);
      fanOut.abandon();
      endAll(CloseCode.STATE);
    }
  }

  // What the parts need of each other.

  /// Whether connections of this lane have such names.
  boolean names(String connection) {
    return connection.startsWith(namePrefix);
  }

  Lane lane() {
    return shard.lane;
  }

  Registry registry() {
    return registry;
  }

  Passing passing() {
    return passing;
  }

  PresenceWatch presence() {
    return presence;
  }

  Subscribing subscribing() {
    return subscribing;
  }

  Announcing announcing() {
    return announcing;
  }

  CatchingUp catchingUp() {
    return catchingUp;
  }
}
