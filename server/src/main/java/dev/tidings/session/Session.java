package dev.tidings.session;

import dev.tidings.auth.Identity;
import dev.tidings.base.Check;
import dev.tidings.engine.Answer;
import dev.tidings.engine.ConversationId;
import dev.tidings.presence.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One connection of one user, from the open socket to the closed one. Confined to its lane.
///
/// It knows who it is, what is under way for it and how far it has been told; what to do with that
/// is the hub's business. An idle session owns next to nothing: catch-up notes and the list of
/// subscriptions are made when they are needed.
public final class Session {
  /// Requests that may be unanswered at one time.
  public static final int IN_FLIGHT_MAX = 64;

  /// A stranger may say this much before `welcome`.
  public static final int GUEST_BYTES_MAX = 8 * 1024;

  /// Where it is in its life.
  public enum State {
    /// Connected, nothing known of it.
    GUEST,
    /// Its token is being checked and its place prepared.
    JOINING,
    /// Welcomed: entries are delivered.
    LIVE,
    CLOSED
  }

  private final Connection connection;
  private final Outbox outbox;
  private final String namePrefix;
  private final long number;
  private final boolean detached;
  private final long openedMillis;
  private final SendRate sendRate;

  private State state = State.GUEST;
  private @Nullable Identity identity;
  private String device = "";

  private int welcomeOrdinal;
  private int requests;
  private int inFlight;
  private int guestBytes;
  private int faultsInARow;
  private boolean reading;
  private boolean heldBack;

  private long heardMillis;
  private long pingEveryMillis;
  private long pingDueMillis;
  private long progressMillis;

  private @Nullable CatchUp catchUp;
  private @Nullable List<Subscription> subscriptions;

  /// How many runs under way have a frame of his own for him: his entries carry his `cid`.
  private int servedApart;

  private @Nullable Registrant registrant;
  private @Nullable Rare rare;

  /// What few sessions have.
  private static final class Rare {
    @Nullable SendRate signalRate;
    @Nullable SendRate markRate;
    @Nullable Arrears arrears;
  }

  private Session(
      Connection connection,
      String namePrefix,
      long number,
      boolean detached,
      SendRate rate,
      long nowMillis) {
    this.connection = connection;
    this.outbox = new Outbox(connection);
    this.namePrefix = namePrefix;
    this.number = number;
    this.detached = detached;
    this.sendRate = rate;
    this.openedMillis = nowMillis;
    this.heardMillis = nowMillis;
    this.progressMillis = nowMillis;
  }

  /// A socket was opened, the one with this number on its lane. Its name is put together when
  /// somebody asks, which is seldom.
  public static Session opened(
      Connection connection, String namePrefix, long number, long nowMillis) {
    return new Session(connection, namePrefix, number, false, new SendRate(), nowMillis);
  }

  /// Requests came without a connection, as a POST: answered, but not registered and never told
  /// anything unasked.
  public static Session detached(
      Connection connection, Identity identity, SendRate rate, long nowMillis) {
    Session session = new Session(connection, "", 0, true, rate, nowMillis);
    session.identity = identity;
    session.state = State.LIVE;
    return session;
  }

  public Connection connection() {
    return connection;
  }

  public Outbox outbox() {
    return outbox;
  }

  /// `conn` in `welcome`; `""` without a connection.
  public String name() {
    return detached ? "" : namePrefix + Long.toString(number, 36);
  }

  public boolean isDetached() {
    return detached;
  }

  public long openedMillis() {
    return openedMillis;
  }

  public SendRate sendRate() {
    return sendRate;
  }

  /// How fast it may signal.
  public SendRate signalRate() {
    Rare own = rare();
    SendRate rate = own.signalRate;
    if (rate == null) {
      rate = new SendRate();
      own.signalRate = rate;
    }
    return rate;
  }

  /// How fast it may mark.
  public SendRate markRate() {
    Rare own = rare();
    SendRate rate = own.markRate;
    if (rate == null) {
      rate = new SendRate();
      own.markRate = rate;
    }
    return rate;
  }

  private Rare rare() {
    Rare own = rare;
    if (own == null) {
      own = new Rare();
      rare = own;
    }
    return own;
  }

  public State state() {
    return state;
  }

  public boolean isLive() {
    return state == State.LIVE;
  }

  public boolean isClosed() {
    return state == State.CLOSED;
  }

  /// Who it speaks for. Only from [State#JOINING] on.
  public Identity identity() {
    Identity known = identity;
    if (known == null) {
      throw new IllegalStateException("a guest has no identity");
    }
    return known;
  }

  /// The user, `""` for a guest.
  public String user() {
    return identity == null ? "" : identity.user();
  }

  public String device() {
    return device;
  }

  /// A guest has said who he is.
  public void joins(Identity who, String onDevice) {
    Check.that(state == State.GUEST, "only a guest joins");
    identity = who;
    device = onDevice;
    state = State.JOINING;
  }

  /// Its place in the registry of users, to be given back when it closes.
  public void registeredAs(Registrant place) {
    registrant = place;
  }

  public Optional<Registrant> registrant() {
    return Optional.ofNullable(registrant);
  }

  /// Everything is prepared: from here on entries are delivered.
  ///
  /// @param ordinal which one on its lane it is that is welcomed
  public void welcomed(int ordinal, long pingMillis, long nowMillis) {
    Check.that(state == State.JOINING, "only who joins is welcomed");
    state = State.LIVE;
    welcomeOrdinal = ordinal;
    pingEveryMillis = pingMillis;
    pingDueMillis = nowMillis + pingMillis;
  }

  /// Whether it was welcomed after the one with this ordinal.
  public boolean cameAfter(int ordinal) {
    return welcomeOrdinal - ordinal > 0;
  }

  /// The token was renewed.
  public void renewed(Identity who) {
    identity = who;
  }

  public void closed() {
    state = State.CLOSED;
    catchUp = null;
  }

  // Requests under way, and when to stop taking more.

  /// The ordinal of the next request.
  public int nextOrdinal() {
    return requests++;
  }

  /// A request was taken that will be answered later.
  public void began() {
    inFlight++;
  }

  public void answered() {
    inFlight--;
    Check.that(inFlight >= 0, "answered more than was asked");
  }

  /// How many requests were taken so far.
  public int requests() {
    return requests;
  }

  public int inFlight() {
    return inFlight;
  }

  /// A reply that reads is under way; there is at most one.
  public void beganReading() {
    reading = true;
  }

  public void endedReading() {
    reading = false;
  }

  /// Counts what a guest says.
  public void guestSaid(int bytes) {
    guestBytes += bytes;
  }

  /// A malformed unit; answers how many came in a row.
  public int fault() {
    return ++faultsInARow;
  }

  public void wellFormed() {
    faultsInARow = 0;
  }

  /// Stops or resumes taking requests, as what is under way demands. To be called after anything
  /// that may change it.
  public void updateReading() {
    boolean hold =
        state == State.JOINING
            || (state == State.GUEST && guestBytes > GUEST_BYTES_MAX)
            || reading
            || inFlight >= IN_FLIGHT_MAX
            || outbox.isHalfFull();
    if (hold != heldBack && state != State.CLOSED) {
      heldBack = hold;
      if (hold) {
        connection.pauseReading();
      } else {
        connection.resumeReading();
      }
    }
  }

  public boolean isHeldBack() {
    return heldBack;
  }

  // Signs of life.

  public void heard(long nowMillis) {
    heardMillis = nowMillis;
  }

  public long heardMillis() {
    return heardMillis;
  }

  /// 0: no heartbeat.
  public long pingEveryMillis() {
    return pingEveryMillis;
  }

  /// Whether a ping is due now; if so, the next one is an interval later.
  public boolean takePing(long nowMillis) {
    if (pingEveryMillis == 0 || nowMillis < pingDueMillis) {
      return false;
    }
    pingDueMillis = nowMillis + pingEveryMillis;
    return true;
  }

  /// For how long the socket has not accepted a byte although some wait. To be called regularly.
  public long stuckMillis(long nowMillis) {
    if (outbox.hasMoved()) {
      progressMillis = nowMillis;
    }
    return nowMillis - progressMillis;
  }

  // Delivery.

  /// The lane hands out the entries `first` to `last` of `in`. `false`: the reader is so far behind
  /// that it must come back and sync.
  public boolean deliver(ConversationId in, long first, long last, Frame frame) {
    if (catchUp == null && outbox.offer(frame) == Outbox.Offer.ACCEPTED) {
      return true;
    }
    return catchUp().meet(outbox, in, first, last, frame);
  }

  /// The lane hands out the entries `first` to `last` of `in`, which waited already when this
  /// reader came. `false`: it must come back and sync.
  public boolean readFrom(ConversationId in, long first, long last) {
    return catchUp().readFrom(in, first, last);
  }

  /// The next page of the log that this reader needs, if it can take one.
  public Optional<CatchUp.PageRequest> nextPage(long worked) {
    if (catchUp == null || !outbox.isDrained()) {
      return Optional.empty();
    }
    catchUp.drained();
    Optional<CatchUp.PageRequest> page = catchUp.next(worked);
    if (catchUp.isOver()) {
      catchUp = null;
    }
    return page;
  }

  /// Whether this page is still wanted.
  public boolean awaits(CatchUp.PageRequest page) {
    return catchUp != null && catchUp.awaits(page);
  }

  /// The page that it awaits was given.
  public void gavePage(Answer.Page page) {
    catchUp().gave(page);
  }

  /// The page that it awaits could not be read now.
  public void pageFailed() {
    catchUp().pageFailed();
  }

  /// Whether some conversation is behind.
  public boolean isCatchingUp() {
    return catchUp != null;
  }

  /// Whether nothing is owed: only then a cursor may be told.
  public boolean isToldEverything() {
    return catchUp == null && !owesMarks();
  }

  /// A subscription with a log begins; its entries wait until its head is known.
  public boolean awaitHead(ConversationId in) {
    return catchUp().await(in);
  }

  public void startsBehind(ConversationId in, long head, long commit) {
    catchUp().startsBehind(in, head, commit);
  }

  public void owesNothing(ConversationId in) {
    if (catchUp != null) {
      catchUp.forget(in);
    }
  }

  /// What it is owed, and begins to be if it was nothing.
  public CatchUp catchUp() {
    CatchUp notes = catchUp;
    if (notes == null) {
      notes = new CatchUp();
      catchUp = notes;
    }
    return notes;
  }

  /// What it is owed beside that, and begins to be if it was nothing.
  public Arrears arrears() {
    Rare own = rare();
    Arrears present = own.arrears;
    if (present == null) {
      present = new Arrears();
      own.arrears = present;
    }
    return present;
  }

  public boolean hasArrears() {
    return rare != null && rare.arrears != null;
  }

  /// Forgets the arrears if nothing is owed any more.
  public void forgetSettledArrears() {
    if (rare != null && rare.arrears != null && rare.arrears.isSettled()) {
      rare.arrears = null;
    }
  }

  /// Whether marks wait, so that later ones have to wait behind them.
  public boolean owesMarks() {
    return rare != null && rare.arrears != null && rare.arrears.owesMarks();
  }

  /// Whether presence waits, so that later one has to wait behind it.
  public boolean owesPresence() {
    return rare != null && rare.arrears != null && rare.arrears.owesPresence();
  }

  /// Whether entries of topics without log wait, so that later ones have to wait behind them.
  public boolean isHolding() {
    return rare != null && rare.arrears != null && rare.arrears.isHolding();
  }

  public boolean servedApart() {
    return servedApart > 0;
  }

  public void serveApart(boolean apart) {
    servedApart += apart ? 1 : -1;
  }

  // Subscriptions.

  /// Something this connection follows until it ends.
  public interface Subscription {
    /// The connection is gone.
    void ended(Session session);
  }

  public List<Subscription> subscriptions() {
    return subscriptions == null ? List.of() : subscriptions;
  }

  public void follows(Subscription subscription) {
    if (subscriptions == null) {
      subscriptions = new ArrayList<>(2);
    }
    subscriptions.add(subscription);
  }

  public void followsNoMore(Subscription subscription) {
    if (subscriptions != null) {
      subscriptions.remove(subscription);
    }
  }
}
