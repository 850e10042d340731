package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.JsonException;
import dev.tidings.client.model.ClientListener.Direction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One connection from dialling to its end: authenticates, answers pings, matches replies to
/// requests and notices silence. It ends once; afterwards it says nothing more.
final class Link implements Dialer.Events {
  private static final long WELCOME_MILLIS_MAX = 20_000;
  private static final long ANSWER_MILLIS_MAX = 60_000;

  /// How often to ask for a sign of life where the server promises none.
  private static final long OWN_PING_MILLIS = 25_000;

  /// Who is told what happens on a link.
  interface Owner {
    void welcomed(Link link);

    /// The server goes away; another connection should be open within so many milliseconds.
    void draining(Link link, long withinMillis);

    /// Neither lifecycle nor reply: `msg`, `gap`, `presence`, `ping` and what later versions add.
    void received(Link link, String op, Json.Obj unit);

    /// A request was answered, so there may be room for another.
    void answered(Link link);

    void framed(Direction direction, Supplier<String> text);

    void ended(Link link, Verdict verdict);
  }

  private enum Phase {
    OPENING,
    AUTHENTICATING,
    WELCOMED,
    ENDED
  }

  private final Lane lane;
  private final Owner owner;
  private final Json.Obj auth;
  private final Dialer dialer;
  private final Requests requests;
  private Phase phase = Phase.OPENING;
  private Dialer.@Nullable Line line;
  private Lane.@Nullable Alarm alarm;
  private Welcome welcome = Welcome.NONE;
  private @Nullable Verdict announced;
  private Verdict otherwise = Verdict.comeBack("cut");
  private long welcomedAtMillis = -1;
  private long heardAtMillis;

  Link(Lane lane, Owner owner, Json.Obj auth, Dialer dialer) {
    this.lane = lane;
    this.owner = owner;
    this.auth = auth;
    this.dialer = dialer;
    this.requests = new Requests(lane, this::send);
  }

  /// By whom it was opened, or is to be.
  Dialer dialer() {
    return dialer;
  }

  void dial() {
    alarm = lane.schedule(WELCOME_MILLIS_MAX, () -> end(Verdict.comeBack("no welcome")));
    line = dialer.dial(this);
  }

  Welcome welcome() {
    return welcome;
  }

  /// Milliseconds since the welcome; 0 before.
  long livedMillis() {
    return welcomedAtMillis < 0 ? 0 : lane.nowMillis() - welcomedAtMillis;
  }

  /// Whether one more request of the application fits.
  boolean hasRoom() {
    return phase == Phase.WELCOMED && requests.hasRoom();
  }

  /// Sends a request as soon as the server's window allows.
  void ask(Json.Obj fields, Reply reply) {
    if (phase == Phase.WELCOMED) {
      requests.ask(fields, reply);
    } else {
      reply.lost();
    }
  }

  /// Sends a unit to which no answer is expected.
  void say(Json.Obj unit) {
    if (phase == Phase.WELCOMED) {
      send(unit);
    }
  }

  /// Renews the token of this connection; another `welcome` answers.
  void renew(Json.Obj newAuth) {
    if (phase == Phase.WELCOMED) {
      send(newAuth);
    }
  }

  /// Ends it without telling the owner, who has another.
  void retire() {
    if (phase != Phase.ENDED) {
      finish();
      requests.lose();
    }
  }

  /// Ends it because it cannot be trusted any more.
  void end(Verdict verdict) {
    if (phase != Phase.ENDED) {
      finish();
      requests.lose();
      owner.ended(this, verdict);
    }
  }

  private void finish() {
    phase = Phase.ENDED;
    if (alarm != null) {
      alarm.cancel();
    }
    if (line != null) {
      line.close();
    }
  }

  private void send(Json.Obj unit) {
    if (line != null) {
      line.send(unit.text());
      owner.framed(Direction.SENT, () -> Tokens.blanked(unit).text());
    }
  }

  @Override
  public void opened() {
    if (phase == Phase.OPENING) {
      phase = Phase.AUTHENTICATING;
      send(auth);
    }
  }

  @Override
  public void closed(int code, String reason) {
    if (announced != null) {
      end(announced);
    } else if (code >= 4000) {
      end(Verdict.ofClose(code, reason));
    } else {
      end(otherwise);
    }
  }

  @Override
  public void received(String frame) {
    if (phase == Phase.ENDED) {
      return;
    }
    heardAtMillis = lane.nowMillis();
    owner.framed(Direction.RECEIVED, () -> frame);
    for (String text : frame.split("\n", -1)) {
      if (!text.isBlank() && phase != Phase.ENDED) {
        read(text);
      }
    }
  }

  private void read(String text) {
    Json.Obj unit;
    try {
      unit = Json.parseUnit(text);
    } catch (JsonException notOurs) {
      end(Verdict.comeBack("not the protocol: " + notOurs.getMessage()));
      return;
    }
    unit.string("op").ifPresent(op -> on(op, unit));
  }

  private void on(String op, Json.Obj unit) {
    switch (op) {
      case "welcome" -> onWelcome(unit);
      case "ok" -> {
        requests.answered(unit, reply -> reply.ok(unit));
        owner.answered(this);
      }
      case "err" -> onErr(unit);
      case "bye" -> onBye(unit);
      case "ping" -> {
        send(Json.object().put("op", "pong").build());
        owner.received(this, op, unit);
      }
      default -> owner.received(this, op, unit);
    }
  }

  private void onWelcome(Json.Obj unit) {
    welcome = new Welcome(unit);
    requests.window(welcome.inFlightMax());
    if (phase == Phase.AUTHENTICATING) {
      phase = Phase.WELCOMED;
      welcomedAtMillis = lane.nowMillis();
      watch();
    }
    owner.welcomed(this);
  }

  private void onErr(Json.Obj unit) {
    Refusal refusal = new Refusal(unit);
    boolean ofRequest = requests.answered(unit, reply -> reply.refused(refusal));
    if (!ofRequest && phase == Phase.AUTHENTICATING && !refusal.isTemporary()) {
      // The bye that follows says more; where none comes, this is the verdict.
      otherwise = new Verdict.Stop(4500, refusal.code(), unit.string("msg").orElse(""));
    }
    owner.answered(this);
  }

  private void onBye(Json.Obj bye) {
    Verdict verdict = Verdict.ofBye(bye);
    announced = verdict;
    if (verdict instanceof Verdict.ComeBack && bye.number("within").isPresent()) {
      owner.draining(this, Math.max(0, bye.number("within").orElse(0)));
    } else {
      end(verdict);
    }
  }

  /// Ends the connection when nothing was heard for two intervals, or a request stays unanswered.
  private void watch() {
    if (alarm != null) {
      alarm.cancel();
    }
    long promised = welcome.pingMillis();
    long interval = promised > 0 ? promised : OWN_PING_MILLIS;
    long silent = lane.nowMillis() - heardAtMillis;
    if (silent >= 2 * interval) {
      end(Verdict.comeBack("nothing heard"));
      return;
    }
    if (requests.oldestMillis() >= ANSWER_MILLIS_MAX) {
      end(Verdict.comeBack("no answer"));
      return;
    }
    if (promised == 0 && silent >= interval) {
      send(Json.object().put("op", "ping").build());
    }
    alarm =
        lane.schedule(silent < interval ? interval - silent : 2 * interval - silent, this::watch);
  }
}
