package dev.tidings.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.HttpSpeaker.Response;
import dev.tidings.running.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP as such: pages, methods, requests in a row, and what is no HTTP although it begins with a
/// letter.
class HttpConnectionTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  private static final String HOST = "Host: localhost";

  @ParameterizedTest
  @CsvSource(
      value = {
        "/healthz,text/plain; charset=utf-8",
        "/readyz,text/plain; charset=utf-8",
        "/,text/html; charset=utf-8",
        "/index.html,text/html; charset=utf-8",
        "/tidings.js,text/javascript; charset=utf-8",
        "/playground.css,text/css; charset=utf-8",
        "/?as=alice,text/html; charset=utf-8",
      })
  void pagesAreShown(String path, String type) {
    HttpSpeaker http = SERVER.http();
    Response page = http.ask("GET " + path + " HTTP/1.1", HOST);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Type")).isEqualTo(type);
    assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.body()).isNotBlank();

    Response head = http.say("HEAD " + path + " HTTP/1.1", HOST).next(false);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers()).isEqualTo(page.headers());
    assertThat(http.ask("GET " + path + " HTTP/1.1", HOST).body())
        .as("behind HEAD no body follows")
        .isEqualTo(page.body());
  }

  @Test
  void readyTellsTheLevel() {
    assertThat(SERVER.http().ask("GET /readyz HTTP/1.1", HOST).body())
        .isEqualTo("ready level=disk\n");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nothing,404",
    "GET,/v1/stream,401",
    "GET,/v1/poll,401",
    "OPTIONS,/v1/stream,204",
    "GET,/../../etc/passwd,404",
    "GET,/%2e%2e/web/index.html,404",
    "GET,/v1/rpc,405",
    "GET,/v1/send/u:bob,405",
    "DELETE,/,405",
    "PUT,/v1/rpc,405",
    "POST,/healthz,405",
    "GET,/v1/ws,426",
    "get,/,405",
    "GET,/%zz,400",
    "GET,/?token=%zz,400",
    "OPTIONS,/v1/rpc,204",
  })
  void requestsAreAnsweredByStatus(String method, String path, int status) {
    HttpSpeaker http = SERVER.http();
    Response response = http.ask(method + " " + path + " HTTP/1.1", HOST);
    assertThat(response.status()).isEqualTo(status);
    if (status == 405) {
      assertThat(response.header("Allow")).isEqualTo(path.contains("/v1/") ? "POST" : "GET, HEAD");
    }
    if (status != 400) {
      assertThat(http.ask("GET /healthz HTTP/1.1", HOST).status()).as("keep-alive").isEqualTo(200);
    }
  }

  @Test
  void pagesOfAnyOriginMayAsk() {
    Response preflight =
        SERVER
            .http()
            .ask(
                "OPTIONS /v1/rpc HTTP/1.1",
                HOST,
                "Origin: https://example.org",
                "Access-Control-Request-Method: POST");
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST");
    assertThat(preflight.header("Access-Control-Allow-Headers"))
        .contains("authorization", "content-type", "idempotency-key");
  }

  @Test
  void requestsSentAheadAreAnsweredInTheirOrder() {
    HttpSpeaker http = SERVER.http();
    String token = SERVER.token("una");
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      // One goes to the disk, the next could be answered at once.
      String body = "{\"op\":\"send\",\"id\":" + i + ",\"to\":\"u:vic\",\"data\":1}";
      all.append("POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ")
          .append(token)
          .append("\r\nContent-Length: ")
          .append(body.length())
          .append("\r\n\r\n")
          .append(body)
          .append("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    http.wire().write(all.toString());
    for (int i = 0; i < 50; i++) {
      assertThat(http.next().unit().number("id")).isEqualTo(i);
      assertThat(http.next().status()).isEqualTo(404);
    }
  }

  @Test
  void aRefusalDoesNotOvertakeTheAnswerBeforeIt() {
    HttpSpeaker http = SERVER.http();
    String body = "{\"op\":\"send\",\"to\":\"u:vic\",\"data\":1}";
    http.wire()
        .write(
            "POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + SERVER.token("una")
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body
                + "POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    assertThat(http.next().unit().op()).isEqualTo("ok");
    assertThat(http.next().status()).isEqualTo(401);
    http.wire().assertEnds();
  }

  @Test
  void whoAsksWithoutReadingIsNotReadEither() {
    HttpSpeaker http = SERVER.http();
    String padding = "X-Padding: " + "x".repeat(2_000); // no more than 128 may be sent ahead
    String request = "GET /tidings.js HTTP/1.1\r\n" + padding + "\r\n\r\n";
    http.wire().write(request.repeat(1_000)); // far more is answered than sockets hold
    Response first = http.next();
    for (int i = 1; i < 1_000; i++) {
      assertThat(http.next().body()).hasSameSizeAs(first.body());
    }
  }

  @Test
  void whoSaysCloseIsAnsweredAndLetGo() {
    HttpSpeaker http = SERVER.http();
    Response response = http.ask("GET /healthz HTTP/1.1", HOST, "Connection: close");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("Connection")).isEqualTo("close");
    http.wire().assertEnds();
  }

  @Test
  void oldClientsAreUnderstood() {
    HttpSpeaker once = SERVER.http();
    assertThat(once.ask("GET /healthz HTTP/1.0").status()).isEqualTo(200);
    once.wire().assertEnds();
    HttpSpeaker again = SERVER.http();
    Response kept = again.ask("GET /healthz HTTP/1.0", "Connection: keep-alive");
    assertThat(kept.header("Connection")).isEqualToIgnoringCase("keep-alive");
    assertThat(again.ask("GET /healthz HTTP/1.0").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "hello world, this is no HTTP at all\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        "GET / HTTP/1.1\r\n: no name\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET / HTTP/9.9.9\r\n\r\n",
        "x\u0000\u0001\u0002\r\n\r\n",
      })
  void garbageIsABadRequest(String garbage) {
    HttpSpeaker http = SERVER.http();
    http.wire().write(garbage);
    assertThat(http.next().status()).isEqualTo(400);
    http.wire().assertEnds();
  }

  @Test
  void aChunkThatIsNoneIsABadRequest() {
    HttpSpeaker http = SERVER.http();
    http.say(
        "POST /v1/rpc HTTP/1.1",
        HOST,
        "Authorization: Bearer " + SERVER.key(),
        "Transfer-Encoding: chunked");
    http.wire().write("zz\r\nxx\r\n");
    assertThat(http.next().status()).isEqualTo(400);
    http.wire().assertEnds();
  }

  @Test
  void headersAreBounded() {
    HttpSpeaker http = SERVER.http();
    http.wire().write("GET / HTTP/1.1\r\nX-Large: " + "x".repeat(1024 * 1024) + "\r\n\r\n");
    assertThat(http.next().status()).isEqualTo(431);
    http.wire().assertEnds();
  }

  @Test
  void aLineThatNeverEndsIsBounded() {
    HttpSpeaker http = SERVER.http();
    http.wire().write("GET /" + "x".repeat(1024 * 1024));
    assertThat(http.next().status()).isEqualTo(414);
    http.wire().assertEnds();
  }

  @Test
  void aBodyWhereNoneBelongsIsRefusedUnread() {
    HttpSpeaker http = SERVER.http();
    assertThat(http.ask("GET /healthz HTTP/1.1", HOST, "Content-Length: 1000000").status())
        .isEqualTo(413);
    http.wire().assertEnds();
  }
}
