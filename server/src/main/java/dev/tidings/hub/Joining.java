package dev.tidings.hub;

import static dev.tidings.protocol.ErrorCode.BAD_REQUEST;
import static dev.tidings.protocol.ErrorCode.FORBIDDEN;
import static dev.tidings.protocol.ErrorCode.UNAUTHORIZED;

import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.auth.Identity;
import dev.tidings.conversation.LocalUser;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Query;
import dev.tidings.engine.Ticket;
import dev.tidings.presence.Registrant;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Head;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Units;
import dev.tidings.session.Connection;
import dev.tidings.session.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// From `auth` to `welcome`: the token is checked, the connection registered with its user's home
/// lane, the user's groups read. Only then it is welcomed, so nothing sent to him falls between.
final class Joining {
  private static final int PROTOCOL_VERSION = 1;
  private static final int PING_SECONDS_MIN = 5;
  private static final int PING_SECONDS_MAX = 300;

  private final Hub hub;
  private final Shard shard;
  private final Replies replies;
  private final Neighbours neighbours;

  Joining(Hub hub, Shard shard, Replies replies, Neighbours neighbours) {
    this.hub = hub;
    this.shard = shard;
    this.replies = replies;
    this.neighbours = neighbours;
  }

  /// The place of a connection in its user's registry, as long as it lives.
  private static final class Place implements Registrant {
    final Hub hub;
    final Session session;
    final LocalUser user;

    Place(Hub hub, Session session, LocalUser user) {
      this.hub = hub;
      this.session = session;
      this.user = user;
    }

    @Override
    public String user() {
      return user.name();
    }

    @Override
    public String device() {
      return session.device();
    }

    @Override
    public void replaced() {
      hub.lane().execute(() -> hub.close(session, CloseCode.REPLACED));
    }
  }

  /// What is to be done when a session reads from here on.
  @FunctionalInterface
  interface Arrival {
    /// @param welcome says `welcome`
    void on(Runnable welcome);
  }

  /// One attempt: what the steps hand on.
  private final class Attempt {
    final Session session;
    final Command.Auth auth;
    final Arrival arrival;
    final Place place;

    /// The announcements for some that he reads, of which it is known where they begin.
    List<ConversationId> channels = List.of();

    Attempt(Command.Auth auth, Arrival arrival, Place place) {
      this.session = place.session;
      this.auth = auth;
      this.arrival = arrival;
      this.place = place;
    }

    String user() {
      return place.user();
    }

    /// Waits for the engine; the rest of the attempt is dropped if the socket closes meanwhile.
    Ticket ask(Consumer<Answer> then) {
      return Ticket.of(
          shard.index,
          answer -> {
            if (!session.isClosed()) {
              shard.guarded(session, () -> then.accept(answer));
            }
          });
    }
  }

  /// The `auth` of a token that came with the handshake.
  static Command.Auth byToken(String token, String device) {
    return new Command.Auth(
        Head.of("auth"),
        Optional.of(token),
        Optional.empty(),
        PROTOCOL_VERSION,
        device,
        "",
        OptionalInt.empty(),
        Map.of());
  }

  void auth(Session session, Command.Auth auth) {
    auth(session, auth, Runnable::run);
  }

  void auth(Session session, Command.Auth auth, Arrival arrival) {
    if (session.state() == Session.State.JOINING) {
      replies.err(session, auth.head(), BAD_REQUEST, "auth is under way");
      return;
    }
    switch (verdict(session.connection(), auth)) {
      case Verdict.Accepted(Identity identity) -> accepted(session, auth, arrival, identity);
      case Verdict.Expired() -> {
        replies.err(session, auth.head(), UNAUTHORIZED, "the token has expired");
        hub.close(session, CloseCode.TOKEN_EXPIRED);
      }
      case Verdict.Blocked() -> {
        replies.err(session, auth.head(), FORBIDDEN, "blocked by the operator");
        hub.close(session, CloseCode.KICKED);
      }
      case Verdict.Rejected(String reason) -> {
        replies.err(session, auth.head(), UNAUTHORIZED, reason);
        hub.close(session, CloseCode.AUTH_FAILED);
      }
    }
  }

  Verdict verdict(Connection connection, Command.Auth auth) {
    boolean loopback = connection.loopback();
    if (auth.token().isPresent()) {
      return shard.admission.token(auth.token().get(), loopback, shard.clock.epochMillis());
    }
    return auth.user().isPresent()
        ? shard.admission.user(auth.user().get(), auth.labels(), loopback)
        : new Verdict.Rejected("auth needs a token");
  }

  private void accepted(Session session, Command.Auth auth, Arrival arrival, Identity identity) {
    if (session.isLive()) {
      renew(session, auth, identity);
      return;
    }
    session.joins(identity, auth.device());
    LocalUser user = shard.users.expect(identity.user());
    Place place = new Place(hub, session, user);
    Attempt attempt = new Attempt(auth, arrival, place);
    session.registeredAs(place);
    int home = neighbours.homeOf(identity.user());
    neighbours.tell(
        home,
        keeper -> {
          boolean registered = keeper.registry().register(place);
          shard.lane.execute(() -> registered(attempt, registered));
        });
  }

  private void renew(Session session, Command.Auth auth, Identity identity) {
    if (!identity.user().equals(session.user())) {
      replies.err(session, auth.head(), FORBIDDEN, "a connection cannot change its user");
      return;
    }
    boolean otherCaps = !identity.caps().equals(session.identity().caps());
    boolean sameChannels = shard.channels.areSame(session.identity(), identity);
    if (sameChannels) {
      session.renewed(identity);
    }
    if (otherCaps && !session.subscriptions().isEmpty()) {
      hub.subscribing().keepOnly(session, identity.caps());
    }
    welcome(session, auth, session.nextOrdinal());
    if (!sameChannels) {
      hub.close(session, CloseCode.STATE); // it comes back to where its labels are right
    }
  }

  private void registered(Attempt attempt, boolean registered) {
    Session session = attempt.session;
    if (session.isClosed()) {
      return;
    }
    if (!registered) {
      hub.close(session, CloseCode.LIMIT);
      return;
    }
    attempt.place.user.beginsReading();
    attempt.channels = shard.channels.of(session.identity());
    boolean taken =
        shard.engine.read(
            new Query.UserAtConnect(attempt.user(), attempt.channels),
            attempt.ask(answer -> stateRead(attempt, answer)));
    if (!taken) {
      overloaded(session);
    }
  }

  private void stateRead(Attempt attempt, Answer answer) {
    if (!(answer instanceof Answer.UserState state)) {
      overloaded(attempt.session);
      return;
    }
    attempt.place.user.learns(state.groups());
    if (state.visited()) {
      live(attempt);
      return;
    }
    Change visit =
        new Change.Visit(
            attempt.ask(done -> visited(attempt, done)), attempt.user(), attempt.channels);
    if (!shard.engine.submit(visit)) {
      overloaded(attempt.session);
    }
  }

  private void visited(Attempt attempt, Answer answer) {
    if (answer instanceof Answer.Done) {
      live(attempt);
    } else {
      overloaded(attempt.session);
    }
  }

  private void overloaded(Session session) {
    hub.close(session, CloseCode.OVERLOADED);
  }

  private void live(Attempt attempt) {
    Session session = attempt.session;
    session.welcomed(
        ++shard.welcomes, pingSeconds(attempt) * 1_000L, shard.clock.monotonicMillis());
    shard.guests.remove(session);
    shard.everyone.add(session);
    boolean outside = shard.channels.enter(session, attempt.channels);
    shard.users.enter(attempt.place.user, session);
    if (outside) {
      hub.announcing().admitAll();
    }
    attempt.arrival.on(() -> welcome(session, attempt.auth, session.nextOrdinal()));
    session.updateReading();
  }

  private int pingSeconds(Attempt attempt) {
    if (attempt.session.connection().polls()) {
      return 0;
    }
    boolean byHand =
        attempt.session.connection().lines()
            && attempt.session.connection().loopback()
            && shard.admission.development();
    if (attempt.auth.pingSeconds().isEmpty()) {
      return byHand ? 0 : shard.settings.pingSeconds();
    }
    int wished = attempt.auth.pingSeconds().getAsInt();
    if (wished == 0) {
      return byHand ? 0 : shard.settings.pingSeconds();
    }
    return Math.clamp(wished, PING_SECONDS_MIN, PING_SECONDS_MAX);
  }

  private void welcome(Session session, Command.Auth auth, int ordinal) {
    Head head = auth.head();
    Request request = new Request(session, head, session.user(), ordinal);
    Consumer<JsonWriter> welcome =
        out ->
            Units.welcome(
                out,
                head.id(),
                session.user(),
                session.name(),
                (int) (session.pingEveryMillis() / 1_000),
                shard.clock.epochMillis(),
                session.identity().expiresMillis(),
                shard.settings.max());
    replies.reply(request, Optional.<ErrorCode>empty(), welcome);
  }

  /// A session that was joining or live has closed.
  void left(Session session, boolean wasLive) {
    Optional<Registrant> registrant = session.registrant();
    if (registrant.isEmpty()) {
      return;
    }
    Place place = (Place) registrant.get();
    if (wasLive) {
      shard.users.leave(session);
    } else {
      shard.users.expectNoMore(place.user);
    }
    neighbours.tell(neighbours.homeOf(place.user()), keeper -> keeper.registry().unregister(place));
  }
}
