package dev.tidings.testbed.redis;

import dev.tidings.testbed.TestbedFailure;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// Speaks RESP2 to one Redis by hand. Reads wait, for a bounded time; a connection that broke
/// throws [UncheckedIOException]. Confined to one thread.
public final class RedisConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  /// No answer that a test asks for is longer.
  private static final int VALUE_BYTES_MAX = 64 << 20;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private RedisConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /// Connects in plain, as nobody in particular.
  public static RedisConnection to(InetSocketAddress address) {
    return to(address, null);
  }

  /// Connects inside TLS, if `tls` says whom to trust.
  public static RedisConnection to(InetSocketAddress address, @Nullable SSLContext tls) {
    try {
      Socket plain = new Socket();
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(PATIENCE_MILLIS);
      plain.connect(address, PATIENCE_MILLIS);
      if (tls == null) {
        return new RedisConnection(plain);
      }
      SSLSocket inside =
          (SSLSocket)
              tls.getSocketFactory()
                  .createSocket(plain, "localhost", address.getPort(), /* autoClose= */ true);
      inside.startHandshake();
      return new RedisConnection(inside);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends one command and waits for its answer.
  ///
  /// @throws RedisRefusal if it is an error
  public RedisReply ask(String... command) {
    send(command);
    return next();
  }

  /// The answer, which must be a value or a status; `""` if there is nothing.
  public String text(String... command) {
    return textOf(ask(command));
  }

  /// The answer, which must be a number.
  public long number(String... command) {
    if (ask(command) instanceof RedisReply.Number(long value)) {
      return value;
    }
    throw new TestbedFailure(String.join(" ", command) + " has no number for an answer");
  }

  /// The answer, which must be rows: each a value, a number in digits, `""` for nothing.
  public List<String> texts(String... command) {
    return rows(ask(command)).stream().map(RedisConnection::textOf).toList();
  }

  /// What is in an answer of rows.
  public static List<RedisReply> rows(RedisReply reply) {
    if (reply instanceof RedisReply.Rows(var values)) {
      return values;
    }
    throw new TestbedFailure(reply + " has no rows");
  }

  /// A value, a status, a number in digits; `""` for nothing.
  public static String textOf(RedisReply reply) {
    return switch (reply) {
      case RedisReply.Text(String value) -> value;
      case RedisReply.Number(long value) -> Long.toString(value);
      case RedisReply.Nothing() -> "";
      case RedisReply.Rows _, RedisReply.Refused _ ->
          throw new TestbedFailure(reply + " is no text");
    };
  }

  /// The value of `name` in what INFO says; `""` if it is not there.
  public String info(String section, String name) {
    return text("INFO", section)
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  /// Sends one command without waiting: answers are read by [#next()], in the order of the
  /// commands.
  public void send(String... command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    head(bytes, '*', command.length);
    for (String word : command) {
      byte[] value = word.getBytes(StandardCharsets.UTF_8);
      head(bytes, '$', value.length);
      bytes.writeBytes(value);
      bytes.writeBytes(new byte[] {'\r', '\n'});
    }
    try {
      bytes.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void head(ByteArrayOutputStream bytes, char kind, int count) {
    bytes.writeBytes((kind + Integer.toString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /// The next answer, or the next message of what is subscribed to.
  ///
  /// @throws RedisRefusal if it is an error
  public RedisReply next() {
    try {
      RedisReply reply = read();
      if (reply instanceof RedisReply.Refused(String words)) {
        throw new RedisRefusal(words);
      }
      return reply;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether nothing has come that [#next()] would answer with at once: a look, without waiting.
  public boolean waits() {
    try {
      return in.available() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RedisReply read() throws IOException {
    String line = line();
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> new RedisReply.Text(rest);
      case '-' -> new RedisReply.Refused(rest);
      case ':' -> new RedisReply.Number(Long.parseLong(rest));
      case '$' -> value(Integer.parseInt(rest));
      case '*' -> rows(Integer.parseInt(rest));
      default -> throw new IOException("no RESP2: " + line);
    };
  }

  private RedisReply value(int length) throws IOException {
    if (length < 0) {
      return new RedisReply.Nothing();
    }
    if (length > VALUE_BYTES_MAX) {
      throw new IOException("a value of " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length + 2);
    if (bytes.length < length + 2) {
      throw new EOFException("ended inside of a value");
    }
    return new RedisReply.Text(new String(bytes, 0, length, StandardCharsets.UTF_8));
  }

  private RedisReply rows(int count) throws IOException {
    if (count < 0) {
      return new RedisReply.Nothing();
    }
    List<RedisReply> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(read());
    }
    return new RedisReply.Rows(values);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\r') {
      line.write(next);
      next = in.read();
    }
    if (next < 0 || in.read() != '\n' || line.size() == 0) {
      throw new EOFException("ended where a line was expected");
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
