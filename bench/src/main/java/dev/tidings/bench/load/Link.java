package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// One connection. Confined to the thread of its run.
public final class Link implements WebSocketScanner.Sink {
  /// The sample of RFC 6455 §1.3, and what a server must make of it.
  private static final String NONCE = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final String ACCEPTED = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  private static final byte[] HEAD_END = Bytes.ascii("\r\n\r\n");
  private static final int HEAD_BYTES_MAX = 16 * 1024;
  private static final byte[] NOTHING = {};
  private static final int KEPT_FOR_GOOD = 64 * 1024;
  private static final int UNANSWERED_MAX = 1 << 20;
  private static final int BACKLOG_BYTES_MAX = 1 << 20;

  /// Where a connection stands.
  private enum State {
    CONNECTING,
    UPGRADING,
    OPEN,
    ENDED
  }

  /// What it has heard of one stream; a chain of few.
  static final class Heard extends Reading {
    final Stream stream;
    private final @Nullable Heard other;

    Heard(Stream stream, @Nullable Heard other) {
      this.stream = stream;
      this.other = other;
    }
  }

  private final Loop loop;
  private final Seat seat;
  private final Wire wire;
  private final SocketChannel channel;
  private final SelectionKey key;
  private State state = State.CONNECTING;
  private boolean ready;

  /// The beginning of a message whose rest has not come yet.
  private byte[] kept = NOTHING;

  private int keptLength;
  private @Nullable ByteBuffer fragments;

  /// Written by the run, not by the socket yet; between 0 and its position.
  private @Nullable ByteBuffer pending;

  private int step;
  private Object note = NOTHING;
  private @Nullable Heard heard;
  private @Nullable Stream sending;

  /// Number of the last send, and when each that is not answered was due, by its number.
  private long sends;

  private long answered;
  private long confirmed;
  private long[] dues = {};

  Link(Loop loop, Seat seat, Wire wire, SocketAddress server) throws IOException {
    this.loop = loop;
    this.seat = seat;
    this.wire = wire;
    this.channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    // Ends at once and leaves no port waiting, so that thousands can come again.
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    this.key = loop.register(channel, this);
    if (channel.connect(server)) {
      connected();
    }
  }

  // ---- For dialects --------------------------------------------------------------------------

  public Seat seat() {
    return seat;
  }

  /// A number of the dialect's own about this connection; 0 at first.
  public int step() {
    return step;
  }

  public void step(int next) {
    step = next;
  }

  /// Something of the dialect's own about this connection, for what a number does not hold.
  public Object note() {
    return note;
  }

  public void note(Object next) {
    note = next;
  }

  /// A message to fill, empty; [#send] sends it. All links of a run share it.
  public Outgoing out() {
    return loop.outgoing();
  }

  /// Sends what was written into [#out], as one message. It leaves, together with others of this
  /// connection, before the run waits for anything.
  public void send() {
    Outgoing message = loop.outgoingWritten();
    switch (wire) {
      case Wire.WebSocket(boolean binary) ->
          frame(WebSocketScanner.opcode(binary), message.bytes(), message.length());
      case Wire.Lines() -> raw(message.octet('\n').bytes(), message.length());
      case Wire.Own(Framing ignored) -> raw(message.bytes(), message.length());
    }
  }

  /// The connection can do what its seat is for. Once.
  public void ready() {
    if (!ready) {
      ready = true;
      loop.ears().ready(this);
    }
  }

  /// A payload has arrived; it begins at `at`.
  public void delivered(ByteBuffer in, int at) {
    loop.ears()
        .delivered(this, Payload.dueNanos(in, at), Payload.stream(in, at), Payload.number(in, at));
  }

  /// The server says that it has taken the send `id`.
  public void confirmed(long id) {
    loop.ears().confirmed(this, id);
  }

  /// The server says no.
  ///
  /// @param id which send; 0 if it was none
  /// @param why for people
  public void refused(long id, String why) {
    loop.ears().refused(this, id, why);
  }

  /// The server says that it has dropped `count` messages that this connection should have got.
  public void dropped(long count) {
    loop.ears().dropped(this, count);
  }

  /// Ends the connection; the run goes on without it.
  public void end(String why) {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    close();
    loop.ears().ended(this, why);
  }

  // ---- For runs ------------------------------------------------------------------------------

  boolean isReady() {
    return ready;
  }

  @Override
  public boolean isOpen() {
    return state != State.ENDED;
  }

  /// Whether so much waits for the socket that nothing more should be sent.
  boolean isClogged() {
    ByteBuffer waiting = pending;
    return waiting != null && waiting.position() > BACKLOG_BYTES_MAX;
  }

  void reads(Stream stream) {
    heard = new Heard(stream, heard);
  }

  /// What was heard of a stream; `null` if it is none of ours.
  @Nullable Heard heard(int stream) {
    Heard each = heard;
    while (each != null && each.stream.id != stream) {
      each = each.other;
    }
    return each;
  }

  /// The flow that it reads of; nobody reads of two.
  @Nullable Flow flowRead() {
    Heard any = heard;
    return any == null ? null : any.stream.flow;
  }

  void sends(Stream stream) {
    sending = stream;
  }

  /// One of the streams that it sends.
  @Nullable Stream sending() {
    return sending;
  }

  /// Numbers the next send, and remembers when it was due until it is answered.
  long nextSend(long dueNanos) {
    if (!loop.dialect().confirms()) {
      return ++sends;
    }
    if (sends - answered >= dues.length) {
      dues = grown();
    }
    sends++;
    dues[(int) sends & (dues.length - 1)] = dueNanos;
    return sends;
  }

  private long[] grown() {
    if (dues.length >= UNANSWERED_MAX) {
      throw new BenchFailure(UNANSWERED_MAX + " sends of one connection have no answer");
    }
    long[] more = new long[Math.max(4, dues.length * 2)];
    for (long id = answered + 1; id <= sends; id++) {
      more[(int) id & (more.length - 1)] = dues[(int) id & (dues.length - 1)];
    }
    return more;
  }

  /// Sends of this connection that the server has taken.
  long confirmed() {
    return confirmed;
  }

  void countConfirmed() {
    confirmed++;
  }

  /// When the send `id` was due; -1 if it is not under way.
  long answered(long id) {
    if (id <= answered || id > sends || dues.length == 0) {
      return -1;
    }
    int place = (int) id & (dues.length - 1);
    long due = dues[place];
    dues[place] = -1;
    while (answered < sends && dues[(int) (answered + 1) & (dues.length - 1)] == -1) {
      answered++;
    }
    return due;
  }

  /// Ends it without a word to anybody, as a cut would.
  void cut() {
    state = State.ENDED;
    close();
  }

  private void close() {
    key.cancel();
    loop.release(pending);
    pending = null;
    try {
      channel.close();
    } catch (IOException e) {
      throw new BenchFailure("a socket does not close: " + e.getMessage(), e);
    }
  }

  // ---- The socket ----------------------------------------------------------------------------

  /// The selector says that something can be done.
  void act() {
    try {
      int can = key.readyOps();
      if ((can & SelectionKey.OP_CONNECT) != 0) {
        if (channel.finishConnect()) {
          connected();
        }
        return;
      }
      if ((can & SelectionKey.OP_WRITE) != 0) {
        flush();
      }
      if ((can & SelectionKey.OP_READ) != 0 && state != State.ENDED) {
        read();
      }
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()));
    }
  }

  private void connected() {
    key.interestOps(SelectionKey.OP_READ);
    if (wire instanceof Wire.WebSocket) {
      state = State.UPGRADING;
      byte[] request =
          Bytes.ascii(
              "GET "
                  + loop.dialect().path(seat)
                  + " HTTP/1.1\r\nHost: "
                  + loop.host()
                  + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: "
                  + NONCE
                  + "\r\n"
                  + loop.dialect().headers(seat)
                  + "\r\n");
      raw(request, request.length);
    } else {
      state = State.OPEN;
      loop.dialect().opened(this);
    }
  }

  private void read() throws IOException {
    ByteBuffer in = loop.readBuffer(keptLength);
    in.put(0, kept, 0, keptLength).position(keptLength);
    int count = channel.read(in);
    if (count < 0) {
      end("the server hung up");
      return;
    }
    loop.hasRead(count);
    int to = in.position();
    int used = state == State.UPGRADING ? answer(in, to) : scan(in, 0, to);
    keep(in, used, to);
  }

  private void keep(ByteBuffer in, int from, int to) {
    keptLength = state == State.ENDED ? 0 : to - from;
    if (keptLength > Wire.MESSAGE_BYTES_MAX + Loop.READ_BYTES) {
      throw new BenchFailure("a message of more than " + Wire.MESSAGE_BYTES_MAX + " bytes");
    }
    if (kept.length < keptLength || (keptLength == 0 && kept.length > KEPT_FOR_GOOD)) {
      kept = new byte[keptLength];
    }
    in.get(from, kept, 0, keptLength);
  }

  /// The answer to the handshake; how many bytes are done with.
  private int answer(ByteBuffer in, int to) {
    int end = Bytes.indexOf(in, 0, to, HEAD_END);
    if (end < 0) {
      if (to > HEAD_BYTES_MAX) {
        throw new BenchFailure("the handshake gets an endless answer");
      }
      return 0;
    }
    String head = Bytes.text(in, 0, end);
    if (!head.startsWith("HTTP/1.1 101 ") || !head.contains(ACCEPTED)) {
      throw new BenchFailure("no upgrade to WebSocket: " + head.lines().findFirst().orElse(""));
    }
    state = State.OPEN;
    loop.dialect().opened(this);
    return scan(in, end + HEAD_END.length, to);
  }

  private int scan(ByteBuffer in, int from, int to) {
    return switch (wire) {
      case Wire.WebSocket ignored -> WebSocketScanner.scan(this, in, from, to);
      case Wire.Lines() -> lines(in, from, to);
      case Wire.Own(Framing framing) -> own(framing, in, from, to);
    };
  }

  private int lines(ByteBuffer in, int from, int to) {
    int at = from;
    int end = Bytes.indexOf(in, at, to, (byte) '\n');
    while (end >= 0 && state == State.OPEN) {
      message(in, at, end);
      at = end + 1;
      end = Bytes.indexOf(in, at, to, (byte) '\n');
    }
    return at;
  }

  private int own(Framing framing, ByteBuffer in, int from, int to) {
    int at = from;
    while (at < to && state == State.OPEN) {
      long length = framing.length(in, at, to);
      if (length < 0 || length > Wire.MESSAGE_BYTES_MAX) {
        throw new BenchFailure("a message of " + length + " bytes is not taken");
      }
      if (length == 0 || to - at < length) {
        break;
      }
      message(in, at, at + (int) length);
      at += (int) length;
    }
    return at;
  }

  @Override
  public void message(ByteBuffer in, int from, int to) {
    loop.dialect().message(this, in, from, to);
  }

  @Override
  public void fragment(ByteBuffer in, int from, int to, boolean first, boolean last) {
    ByteBuffer before = fragments;
    if (first != (before == null)) {
      throw new BenchFailure("fragments of two messages are mixed");
    }
    int had = before == null ? 0 : before.limit();
    int length = had + to - from;
    if (length > Wire.MESSAGE_BYTES_MAX) {
      throw new BenchFailure("a message in fragments has more than " + length + " bytes");
    }
    ByteBuffer all = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    if (before != null) {
      all.put(0, before, 0, had);
    }
    all.put(had, in, from, to - from);
    fragments = last ? null : all;
    if (last) {
      message(all, 0, length);
    }
  }

  @Override
  public void ping(ByteBuffer in, int from, int to) {
    byte[] bytes = new byte[to - from];
    in.get(from, bytes);
    frame(WebSocketScanner.pong(), bytes, bytes.length);
  }

  @Override
  public void closed(int code, String reason) {
    end("closed with " + code + (reason.isEmpty() ? "" : " (" + reason + ")"));
  }

  private void frame(int opcode, byte[] bytes, int length) {
    if (state != State.ENDED) {
      ByteBuffer to = room(WebSocketScanner.frameBytes(length));
      WebSocketScanner.frame(opcode, bytes, length, loop.mask(), to);
    }
  }

  private void raw(byte[] bytes, int length) {
    if (state != State.ENDED) {
      room(length).put(bytes, 0, length);
    }
  }

  /// What is to be written, with room for `more`.
  private ByteBuffer room(int more) {
    ByteBuffer now = pending;
    if (now == null) {
      now = loop.writeBuffer(more);
      pending = now;
      loop.isToFlush(this);
    } else if (now.remaining() < more) {
      ByteBuffer larger = loop.writeBuffer((now.position() + more) * 2);
      larger.put(now.flip());
      loop.release(now);
      now = larger;
      pending = now;
    }
    return now;
  }

  /// Writes what the socket takes; the rest when it takes more.
  void flush() {
    ByteBuffer waiting = pending;
    if (waiting == null || state == State.CONNECTING) {
      return;
    }
    try {
      waiting.flip();
      channel.write(waiting);
      waiting.compact();
    } catch (IOException e) {
      end(String.valueOf(e.getMessage()));
      return;
    }
    boolean done = waiting.position() == 0;
    if (done) {
      loop.release(waiting);
      pending = null;
    }
    int wanted = done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
  }
}
