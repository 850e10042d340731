package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.HttpSpeaker.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Somebody who asks one thing after the other, over whichever transport.
public abstract class Asking implements AutoCloseable {
  /// Over what requests can be made. Whoever adds a transport adds a case.
  public enum Transport {
    LINES,
    WEB_SOCKET,
    POST,
    /// A stream of events, and POSTs that name it.
    EVENTS;

    /// Whether one may connect first and say then who one is.
    public boolean takesGuests() {
      return this == LINES || this == WEB_SOCKET;
    }
  }

  /// As `user`, with a token of the server's key.
  public static Asking as(String user, Transport transport, RunningServer server) {
    return withToken(server.token(user), transport, server);
  }

  /// As whoever `token` is for.
  public static Asking withToken(String token, Transport transport, RunningServer server) {
    return switch (transport) {
      case LINES -> speaking(server.line(), token);
      case WEB_SOCKET -> speaking(server.webSocket(), token);
      case POST -> new Posting(server.http(), token, Optional.empty());
      case EVENTS ->
          new Posting(
              server.http(),
              token,
              Optional.of(server.stream("", "Authorization: Bearer " + token)));
    };
  }

  /// Without a word of who he is, where [Transport#takesGuests].
  public static Asking asGuest(Transport transport, RunningServer server) {
    return new Speaking(transport == Transport.LINES ? server.line() : server.webSocket());
  }

  private static Asking speaking(Speaker speaker, String token) {
    speaker.auth("\"token\":\"" + token + "\"");
    return new Speaking(speaker);
  }

  /// Says a request.
  public abstract void say(String unit);

  /// The next answer.
  public abstract Unit answer();

  /// Asks and waits for the answer.
  public final Unit ask(String unit) {
    say(unit);
    return answer();
  }

  /// `ok`, `pong`, `welcome`, or the code of the refusal.
  public final String outcome(String unit) {
    Unit answer = ask(unit);
    return answer.op().equals("err") ? answer.text("code") : answer.op();
  }

  @Override
  public abstract void close();

  private static final class Speaking extends Asking {
    private static final List<String> UNASKED =
        List.of("gap", "presence", "ping", "signal", "mark", "pref");

    private final Speaker speaker;

    Speaking(Speaker speaker) {
      this.speaker = speaker;
    }

    @Override
    public void say(String unit) {
      speaker.say(unit);
    }

    @Override
    public Unit answer() {
      Unit answer = speaker.answer();
      while (UNASKED.contains(answer.op())) {
        answer = speaker.answer(); // what was said unasked
      }
      return answer;
    }

    @Override
    public void close() {
      speaker.close();
    }
  }

  /// One request in one POST, and the status must be that of its answer.
  private static final class Posting extends Asking {
    private final HttpSpeaker http;
    private final String token;
    private final Optional<EventSpeaker> stream;

    /// `conn` of the stream, `""` without one.
    private final String conn;

    Posting(HttpSpeaker http, String token, Optional<EventSpeaker> stream) {
      this.http = http;
      this.token = token;
      this.stream = stream;
      this.conn = stream.map(events -> events.next("welcome").text("conn")).orElse("");
    }

    @Override
    public void say(String unit) {
      byte[] body = unit.getBytes(StandardCharsets.UTF_8);
      List<String> head = new ArrayList<>();
      head.add("POST /v1/rpc HTTP/1.1");
      head.add("Host: localhost");
      head.add("Authorization: Bearer " + token);
      if (stream.isPresent()) {
        head.add("X-Conn: " + conn);
      }
      head.add("Content-Length: " + body.length);
      http.say(head, body);
    }

    @Override
    public Unit answer() {
      Response response = http.next();
      Unit unit = response.unit();
      assertThat(response.status() == 200)
          .as("status %d of %s", response.status(), unit)
          .isEqualTo(!unit.op().equals("err"));
      return unit;
    }

    @Override
    public void close() {
      stream.ifPresent(EventSpeaker::close);
      http.close();
    }
  }
}
