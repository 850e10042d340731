package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Speaks HTTP by hand, byte for byte, so that it can also speak it wrongly.
public final class HttpSpeaker implements AutoCloseable {
  /// One response.
  public record Response(int status, Map<String, String> headers, String body) {
    /// The value of a header, `""` if it is not there.
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /// The body as units.
    public List<Unit> units() {
      return body.lines().map(Unit::new).toList();
    }

    /// The body as the one unit that it is.
    public Unit unit() {
      assertThat(units()).hasSize(1);
      return units().getFirst();
    }
  }

  private final Wire wire;

  public HttpSpeaker(Wire wire) {
    this.wire = wire;
  }

  public Wire wire() {
    return wire;
  }

  /// Writes a request: its lines, each given without an end, an empty line and the body.
  public HttpSpeaker say(List<String> head, byte[] body) {
    byte[] lines = (String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[lines.length + body.length];
    System.arraycopy(lines, 0, all, 0, lines.length);
    System.arraycopy(body, 0, all, lines.length, body.length);
    wire.write(all);
    return this;
  }

  public HttpSpeaker say(String... head) {
    return say(List.of(head), new byte[0]);
  }

  /// The next response to anything but HEAD.
  public Response next() {
    return next(true);
  }

  /// The next response; `withBody`: whether as many bytes follow as it says.
  public Response next(boolean withBody) {
    String statusLine = wire.line();
    assertThat(statusLine).startsWith("HTTP/1.1 ");
    Map<String, String> headers = new TreeMap<>();
    for (String line = wire.line(); !line.isEmpty(); line = wire.line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = withBody ? new String(wire.read(length), StandardCharsets.UTF_8) : "";
    return new Response(Integer.parseInt(statusLine.substring(9, 12)), headers, body);
  }

  /// The response to one request.
  public Response ask(String... head) {
    return say(head).next();
  }

  @Override
  public void close() {
    wire.close();
  }
}
