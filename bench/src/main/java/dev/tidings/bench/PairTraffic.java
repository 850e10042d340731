package dev.tidings.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/// Private messages: connection 0 to 1 and back, 2 to 3 and back, and so on, each with a fixed
/// number of sends under way: the next one leaves when an `ok` arrives.
///
/// What is checked of each `ok`: that it says `level` `disk`, is no repeat, and answers a send that
/// is under way. Confined to the loop.
final class PairTraffic implements Traffic {
  private static final byte[] DURABLE = LoadConnection.ascii(",\"level\":\"disk\"}");
  private static final byte[] OK_ID = LoadConnection.ascii("{\"op\":\"ok\",\"id\":");
  private static final byte[] SEND_ID = LoadConnection.ascii("{\"op\":\"send\",\"id\":");
  private static final byte[] CID = LoadConnection.ascii("\",\"cid\":\"");
  private static final byte[] DATA = LoadConnection.ascii("\",\"data\":{\"text\":\"");
  private static final byte[] END = LoadConnection.ascii("\"}}");

  /// `{"text":""}`
  private static final int DATA_FRAME_BYTES = 11;

  private static final int CID_LENGTH = 22; // 16 random bytes in base 64
  private static final int DATA_BYTES_MIN = 64;
  private static final int DATA_BYTES_MAX = 128;
  private static final int TEXT_BYTES = 1 << 16;
  private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
  private static final byte[] LETTERS =
      LoadConnection.ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

  private final SplittableRandom random = new SplittableRandom();
  private final byte[] text = new byte[TEXT_BYTES];
  private final byte[] unit = new byte[1024];
  private final int window;
  private final List<Sender> senders = new ArrayList<>();
  private Histogram latency = new Histogram(LATENCY_NANOS_MAX, 3);
  private boolean sending;
  private long sendsLeft;
  private long oks;
  private long msgs;
  private long sent;

  /// @param window sends under way per connection
  PairTraffic(int window) {
    this.window = window;
    for (int i = 0; i < text.length; i++) {
      text[i] = letter();
    }
  }

  private byte letter() {
    return LETTERS[random.nextInt(LETTERS.length)];
  }

  private static final class Sender {
    private final LoadConnection connection;
    private final byte[] to;
    private long lastId;
    private long oks;
    private int underWay;
    private long sentNanos;

    Sender(LoadConnection connection, String to) {
      this.connection = connection;
      this.to = (",\"to\":\"u:" + to).getBytes(StandardCharsets.US_ASCII);
    }
  }

  /// Says who they are, once they are connected. An even number.
  void areConnected(List<LoadConnection> connections) {
    for (LoadConnection each : connections) {
      senders.add(new Sender(each, connections.get(each.index() ^ 1).user()));
    }
  }

  /// Lets the first `count` connections send, until [#stop()] or `sends` have left.
  void start(int count, long sends) {
    sending = true;
    sendsLeft = sends;
    for (Sender sender : senders.subList(0, count)) {
      for (int i = sender.underWay; i < window; i++) {
        sendNext(sender);
      }
      sender.connection.flush();
    }
  }

  /// Sends nothing more; what is under way will be answered.
  void stop() {
    sending = false;
  }

  private void sendNext(Sender sender) {
    if (!sending || sendsLeft <= 0) {
      return;
    }
    sendsLeft--;
    sent++;
    sender.underWay++;
    int length = spell(sender);
    sender.sentNanos = System.nanoTime();
    sender.connection.write(unit, length);
  }

  /// Writes the next send into [#unit]; its length.
  private int spell(Sender sender) {
    int at = append(SEND_ID, 0);
    at = appendNumber(++sender.lastId, at);
    at = append(sender.to, at);
    at = append(CID, at);
    for (int i = 0; i < CID_LENGTH; i++) {
      unit[at++] = letter();
    }
    at = append(DATA, at);
    int length = random.nextInt(DATA_BYTES_MIN, DATA_BYTES_MAX + 1) - DATA_FRAME_BYTES;
    System.arraycopy(text, random.nextInt(text.length - length), unit, at, length);
    return append(END, at + length);
  }

  private int append(byte[] bytes, int at) {
    System.arraycopy(bytes, 0, unit, at, bytes.length);
    return at + bytes.length;
  }

  private int appendNumber(long number, int at) {
    return append(LoadConnection.ascii(Long.toString(number)), at);
  }

  @Override
  public void ok(LoadConnection connection, byte[] bytes, int from, int to) {
    Sender sender = senders.get(connection.index());
    long id = id(bytes, from, to);
    if (id <= sender.lastId - window || id > sender.lastId || !endsDurable(bytes, to)) {
      throw new BenchFailure(
          connection.user()
              + " sent up to "
              + sender.lastId
              + " and heard "
              + new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
    if (window == 1) {
      latency.recordValue(System.nanoTime() - sender.sentNanos);
    }
    oks++;
    sender.oks++;
    sender.underWay--;
    sendNext(sender);
  }

  private static long id(byte[] bytes, int from, int to) {
    long id = 0;
    for (int at = from + OK_ID.length; at < to && bytes[at] != ','; at++) {
      id = id * 10 + bytes[at] - '0';
    }
    return id;
  }

  private static boolean endsDurable(byte[] bytes, int to) {
    for (int i = 1; i <= DURABLE.length; i++) {
      if (bytes[to - i] != DURABLE[DURABLE.length - i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void msg(LoadConnection connection, byte[] bytes, int from, int to) {
    msgs++;
  }

  /// Forgets the latencies so far.
  void forgetLatency() {
    latency = new Histogram(LATENCY_NANOS_MAX, 3);
  }

  /// From a send's leaving to its `ok`, nanoseconds; known for a window of one only.
  Histogram latency() {
    return latency.copy();
  }

  long oks() {
    return oks;
  }

  /// Of them, those of the first conversation.
  long oksBetweenFirstTwo() {
    return senders.get(0).oks + senders.get(1).oks;
  }

  boolean isAnswered() {
    return oks == sent;
  }

  /// Whether every entry has reached its author and its addressee.
  boolean isDelivered() {
    return isAnswered() && msgs == 2 * oks;
  }

  /// For a message about what is missing.
  String tally() {
    return sent + " sent, " + oks + " ok, " + msgs + " of " + 2 * oks + " deliveries";
  }
}
