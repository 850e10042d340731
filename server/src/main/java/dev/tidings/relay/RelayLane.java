package dev.tidings.relay;

import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import dev.tidings.base.Lane;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonScanner;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.Frames;
import dev.tidings.session.Session;
import dev.tidings.transport.ByteFrame;
import dev.tidings.transport.LaneSockets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The guests of the relay on one lane, and its bridge to the topic `t:relay`: a session of the
/// house that follows the topic for all of them, and publishes what they say. Confined to the lane.
final class RelayLane {
  /// The topic, and the name under which the relay publishes there. What comes back under it has
  /// been passed on already.
  static final String NAME = "relay";

  private static final long SWEEP_EVERY_MILLIS = 10_000;
  private static final int DEPTH_MAX = 34;

  private final Relay relay;
  private final Lane lane;
  private final LaneSockets sockets;
  private final Frames frames = LaneSockets.frames();
  private final Set<RelayHandler> guests = new LinkedHashSet<>();
  private final JsonWriter scratch = new JsonWriter(512);
  private final Bridge bridge = new Bridge();
  private @Nullable Session session;

  RelayLane(Relay relay, Lane lane, LaneSockets sockets) {
    this.relay = relay;
    this.lane = lane;
    this.sockets = sockets;
  }

  Lane lane() {
    return lane;
  }

  LaneSockets sockets() {
    return sockets;
  }

  /// Begins to follow the topic. To be called on the lane, once.
  void start() {
    follow();
    sweepAndGoOn();
  }

  private void follow() {
    Identity house =
        new Identity(
            NAME,
            /* service= */ true,
            new Caps(List.of("t:" + NAME), List.of("t:" + NAME), List.of()),
            OptionalLong.empty());
    session = sockets.hub().inHouse(bridge, house, NAME);
  }

  private void sweepAndGoOn() {
    lane.schedule(this::sweepAndGoOn, SWEEP_EVERY_MILLIS);
    long now = relay.clock().monotonicMillis();
    List.copyOf(guests).forEach(guest -> guest.sweep(now));
  }

  void add(RelayHandler guest) {
    guests.add(guest);
  }

  void remove(RelayHandler guest) {
    guests.remove(guest);
  }

  /// Gives a line to every guest here but `author`.
  void tell(@Nullable RelayHandler author, String line) {
    if (guests.isEmpty()) {
      return;
    }
    Frame frame = frame(line);
    for (RelayHandler guest : List.copyOf(guests)) { // one may be closed and go
      if (guest != author) {
        guest.hear(frame);
      }
    }
    frame.release();
  }

  /// A line as sockets can write it. The caller releases it.
  Frame frame(String line) {
    return frames.of(scratch.clear(4096).raw(line.getBytes(StandardCharsets.UTF_8)));
  }

  /// Publishes what a guest says; `false` if the topic takes nothing now.
  boolean publish(String name, String text) {
    Session speaking = session;
    if (speaking == null || speaking.isHeldBack()) {
      return false;
    }
    byte[] unit =
        new JsonWriter(128 + text.length())
            .beginObject()
            .name("op")
            .plain("send")
            .name("to")
            .plain("t:" + NAME)
            .name("data")
            .beginObject()
            .name("name")
            .plain(name)
            .name("text")
            .string(text)
            .endObject()
            .endObject()
            .toBytes();
    bridge.refused = false;
    sockets.hub().receive(speaking, unit, 0, unit.length);
    return !bridge.refused;
  }

  /// Bids farewell to everybody.
  void end() {
    List.copyOf(guests).forEach(guest -> guest.end("the server ends"));
  }

  /// What the hub takes for a connection: it hears the topic for all guests of the lane.
  private final class Bridge implements Connection {
    private final JsonScanner scanner = new JsonScanner(DEPTH_MAX);
    private boolean refused;

    @Override
    public void write(Frame frame) {
      byte[] units = ByteFrame.units(frame);
      int from = 0;
      for (int at = 0; at <= units.length; at++) {
        if (at == units.length || units[at] == '\n') {
          unit(units, from, at);
          from = at + 1;
        }
      }
    }

    private void unit(byte[] bytes, int from, int to) {
      String op = "";
      String author = "";
      int dataFrom = 0;
      int dataTo = 0;
      scanner.start(bytes, from, to);
      while (scanner.nextField()) {
        if (scanner.isNamed("op")) {
          op = scanner.string(16).orElse("");
        } else if (scanner.isNamed("from")) {
          author = scanner.string(128).orElse("");
        } else if (scanner.isNamed("data")) {
          dataFrom = scanner.valueFrom();
          dataTo = scanner.valueTo();
        }
      }
      if (op.equals("msg") && dataTo > 0 && !author.equals(NAME)) {
        tell(null, Plain.line("u:" + author, text(bytes, dataFrom, dataTo)));
      }
    }

    /// What `data` says: a string, the field `text` of an object, or else its JSON.
    private String text(byte[] bytes, int from, int to) {
      if (bytes[from] == '{') {
        scanner.start(bytes, from, to);
        while (scanner.nextField()) {
          if (scanner.isNamed("text") && scanner.kind() == JsonScanner.Kind.STRING) {
            return scanner.string(to - from).orElse("");
          }
        }
      } else if (bytes[from] == '"') {
        byte[] object =
            new JsonWriter(to - from + 8)
                .beginObject()
                .name("text")
                .raw(Arrays.copyOfRange(bytes, from, to))
                .endObject()
                .toBytes();
        return text(object, 0, object.length);
      }
      return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    @Override
    public void reply(int ordinal, Optional<ErrorCode> refusal, Frame frame) {
      refused |= refusal.isPresent();
    }

    /// Nothing waits here: each guest has a bound of his own.
    @Override
    public int waitingBytes() {
      return 0;
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    /// Only a fault of ours ends it; then another one begins.
    @Override
    public void close(CloseCode code, Frame bye) {
      session = null;
      lane.execute(RelayLane.this::follow);
    }

    @Override
    public boolean loopback() {
      return true;
    }

    @Override
    public boolean lines() {
      return false;
    }
  }
}
