package dev.tidings.simulation;

import dev.tidings.hub.Hub;
import dev.tidings.protocol.CloseCode;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.Frames;
import dev.tidings.session.Outbox;
import dev.tidings.session.Session;
import dev.tidings.simulation.SimulatedFrames.SimulatedFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A socket and the network behind it: what a transport must do, done in memory.
///
/// Towards the client it is a pipe that takes as many bytes as the client reads: all, none, or so
/// many. What it did not take waits here and is what the server sees as waiting. From the client
/// come units, which stay in the pipe while the server has stopped reading.
final class SimulatedSocket implements Connection {
  private static final int UNLIMITED = Integer.MAX_VALUE;
  private static final int UNITS_PER_READ_MAX = 4;

  private final Scheduler.Strand lane;
  private final Hub hub;
  private final Scheduler.Strand peerStrand;
  private final Peer peer;
  private final RandomGenerator random;
  private final boolean lines;
  private final Frames frames;

  /// Whether it is a stream, on which the client says nothing.
  private boolean stream;

  private boolean news;

  private final Deque<SimulatedFrame> outgoing = new ArrayDeque<>();
  private int takenOfFirst;
  private int waitingBytes;
  private int waitingBytesMost;
  private boolean wasAbove;
  private boolean pumping;
  private int window = UNLIMITED;

  private final Deque<byte[]> incoming = new ArrayDeque<>();
  private boolean reading = true;
  private boolean taking;
  private boolean hungUp;

  private @Nullable Session session;
  private @Nullable CloseCode closing;
  private boolean dead;

  SimulatedSocket(
      Scheduler.Strand lane,
      Hub hub,
      Scheduler.Strand peerStrand,
      Peer peer,
      RandomGenerator random,
      boolean lines,
      Frames frames) {
    this.lane = lane;
    this.hub = hub;
    this.peerStrand = peerStrand;
    this.peer = peer;
    this.random = random;
    this.lines = lines;
    this.frames = frames;
  }

  /// Opens it on the server's side.
  void open() {
    lane.execute(() -> {
      if (!dead) {
        session = hub.opened(this);
        takeSoon();
      }
    });
  }

  /// Opens it with a token in the handshake.
  void open(String token, String device) {
    lane.execute(() -> {
      if (!dead) {
        session = hub.opened(this, token, device);
        takeSoon();
      }
    });
  }

  /// Opens it as a stream that begins with these units, as if the client had said them.
  void open(Command.Auth auth, String since, List<String> units) {
    stream = true;
    units.forEach(unit -> incoming.add(unit.getBytes(StandardCharsets.UTF_8)));
    lane.execute(() -> {
      if (!dead) {
        session = hub.opened(this, auth, since);
        takeSoon();
      }
    });
  }

  // From the server to the client.

  @Override
  public void write(Frame frame) {
    mustBeOnLane();
    if (dead) {
      frame.sizeBytes(); // a real one would be looked at, too
      return;
    }
    if (closing != null) {
      throw new AssertionError("written behind `bye`: " + ((SimulatedFrame) frame).text());
    }
    queue(frame);
    news = true;
  }

  @Override
  public boolean oneWay() {
    return stream;
  }

  @Override
  public void cursor(String cursor) {
    mustBeOnLane();
    if (!dead) {
      id(cursor);
      news = false;
    }
  }

  private void id(String id) {
    Frame block = frames.of(new JsonWriter(64).rawAscii("id: " + id));
    queue(block);
    block.release();
  }

  @Override
  public boolean hasNews() {
    return news;
  }

  private void queue(Frame frame) {
    outgoing.add(((SimulatedFrame) frame).retain(lane));
    waitingBytes += frame.sizeBytes();
    waitingBytesMost = Math.max(waitingBytesMost, waitingBytes);
    wasAbove |= waitingBytes > Outbox.DRAINED_BYTES;
    pumpSoon();
  }

  @Override
  public int waitingBytes() {
    return waitingBytes;
  }

  /// The most bytes that ever waited here.
  int waitingBytesMost() {
    return waitingBytesMost;
  }

  private void pumpSoon() {
    if (!pumping && window > 0) {
      pumping = true;
      lane.execute(this::pump);
    }
  }

  /// The socket takes some of what waits.
  private void pump() {
    pumping = false;
    if (dead) {
      return;
    }
    int room = Math.min(window, waitingBytes);
    if (room > 1 && random.nextInt(4) == 0) {
      room = 1 + random.nextInt(room);
    }
    if (window != UNLIMITED) {
      window -= room;
    }
    waitingBytes -= room;
    takenOfFirst += room;
    while (!outgoing.isEmpty() && takenOfFirst >= outgoing.getFirst().sizeBytes()) {
      SimulatedFrame whole = outgoing.removeFirst();
      takenOfFirst -= whole.sizeBytes();
      String text = whole.text();
      whole.release();
      peerStrand.execute(() -> peer.received(this, text));
    }
    if (waitingBytes > 0) {
      pumpSoon();
    } else if (closing != null) {
      over(OptionalInt.of(closing.number()));
    }
    if (wasAbove && waitingBytes <= Outbox.DRAINED_BYTES) {
      wasAbove = false;
      if (session != null) {
        hub.drained(session);
      }
    }
  }

  @Override
  public void close(CloseCode code, Frame bye) {
    mustBeOnLane();
    if (dead) {
      return;
    }
    if (closing != null) {
      throw new AssertionError("closed twice");
    }
    queue(bye);
    if (stream && code.stop()) {
      id("stop");
    }
    closing = code;
    incoming.clear();
  }

  private void over(OptionalInt code) {
    dead = true;
    incoming.clear();
    outgoing.forEach(SimulatedFrame::release);
    outgoing.clear();
    peerStrand.execute(() -> peer.closed(this, code));
    if (session != null) {
      hub.closed(session);
    }
  }

  @Override
  public boolean loopback() {
    return true;
  }

  @Override
  public boolean lines() {
    return lines;
  }

  // From the client to the server.

  /// The client says something: one or more units, separated by line feeds.
  void say(String units) {
    for (String unit : units.lines().toList()) {
      incoming.add(unit.getBytes(StandardCharsets.UTF_8));
    }
    takeSoon();
  }

  @Override
  public void pauseReading() {
    mustBeOnLane();
    if (!reading) {
      throw new AssertionError("paused twice");
    }
    reading = false;
  }

  @Override
  public void resumeReading() {
    mustBeOnLane();
    if (reading) {
      throw new AssertionError("resumed without a pause");
    }
    reading = true;
    beginIfAllIsAsked();
    takeSoon();
  }

  boolean isDrainedOrDead() {
    return dead || waitingBytes == 0;
  }

  boolean isDead() {
    return dead;
  }

  boolean isPaused() {
    return !reading;
  }

  /// Units of the client that the server has not taken.
  int unitsHeld() {
    return incoming.size();
  }

  private void beginIfAllIsAsked() {
    if (stream && incoming.isEmpty() && reading && closing == null && session != null) {
      hub.begun(session);
    }
  }

  private void takeSoon() {
    boolean something = hungUp || (reading && !incoming.isEmpty());
    if (something && !taking && !dead && session != null && closing == null) {
      taking = true;
      lane.execute(this::take);
    }
  }

  /// The server reads what has arrived, some units at a time.
  private void take() {
    taking = false;
    int most = 1 + random.nextInt(UNITS_PER_READ_MAX);
    for (int i = 0; i < most && reading && closing == null && !incoming.isEmpty(); i++) {
      byte[] unit = incoming.removeFirst();
      hub.receive(known(), unit, 0, unit.length);
    }
    beginIfAllIsAsked();
    if (hungUp && closing == null && (incoming.isEmpty() || !reading)) {
      over(OptionalInt.empty());
    }
    takeSoon();
  }

  private Session known() {
    if (session == null) {
      throw new AssertionError("not open");
    }
    return session;
  }

  // What befalls it.

  /// From now on the client takes `bytes` more and then nothing.
  void takeOnly(int bytes) {
    window = bytes;
    pumpSoon();
  }

  void takeAll() {
    takeOnly(UNLIMITED);
  }

  /// The line is cut: what is on its way is lost in both directions, and either end notices on its
  /// own.
  void cut() {
    if (dead) {
      return;
    }
    dead = true;
    abandon();
    peerStrand.execute(() -> peer.closed(this, OptionalInt.empty()));
    lane.execute(() -> {
      if (session != null) {
        hub.closed(session);
      }
    });
  }

  /// The client closes: what it said before is still read, unless the server has stopped reading.
  void hangUp() {
    hungUp = true;
    takeAll();
    takeSoon();
  }

  /// The server's process is gone.
  void serverDied() {
    if (!dead) {
      dead = true;
      abandon();
      peerStrand.execute(() -> peer.closed(this, OptionalInt.empty()));
    }
  }

  private void abandon() {
    incoming.clear();
    outgoing.forEach(SimulatedFrame::release);
    outgoing.clear();
  }

  private void mustBeOnLane() {
    if (!lane.isRunning()) {
      throw new AssertionError("a connection of " + lane + " was touched from elsewhere");
    }
  }
}
