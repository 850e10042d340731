package dev.tidings.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tidings.lane.Io;
import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.HttpSpeaker.Response;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// `GET /v1/poll`, for what can do nothing else (docs/protocol.md §2).
class PollTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  private static HttpSpeaker ask(HttpSpeaker http, String query, String... headers) {
    List<String> head = new ArrayList<>();
    head.add("GET /v1/poll?" + query + " HTTP/1.1");
    head.add("Host: localhost");
    head.addAll(List.of(headers));
    return http.say(head, new byte[0]);
  }

  private static Response poll(String query, String... headers) {
    return ask(SERVER.http(), query, headers).next();
  }

  private static void send(String from, String to, String data) {
    LineSpeaker speaker = SERVER.line(from);
    speaker.say("{\"op\":\"send\",\"to\":\"" + to + "\",\"data\":" + data + "}");
    assertThat(speaker.next("ok").text("in")).isEqualTo(to);
  }

  /// The row of a conversation, whose place is at the end if it moved while it was read.
  private static JsonNode row(Unit sync, String in) {
    for (JsonNode row : sync.node().path("convs")) {
      if (row.path("in").asString().equals(in)) {
        return row;
      }
    }
    throw new AssertionError(in + " is not in " + sync);
  }

  @Test
  void answersAtOnceWithWhatMovedAndElseWaits() {
    HttpSpeaker alice = SERVER.http();
    Response first = ask(alice, "user=alice").next();
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.header("Cache-Control")).isEqualTo("no-store");
    assertThat(first.header("Access-Control-Allow-Origin")).isEqualTo("*");
    String cursor = first.unit().text("cursor");
    ask(alice, "user=alice&tail=5&since=" + cursor); // and nothing is there yet
    send("bob", "u:alice", "\"hi\"");
    Unit second = alice.next().unit();
    assertThat(row(second, "u:bob").path("tail").get(0).path("data").asString()).isEqualTo("hi");
    send("bob", "u:alice", "\"again\"");
    Unit third = poll("user=alice&wait=60&since=" + second.text("cursor")).unit();
    assertThat(row(third, "u:bob").path("head").asInt()).isEqualTo(2);
    Unit fourth = poll("user=alice&wait=0&since=" + third.text("cursor")).unit();
    assertThat(fourth.line()).doesNotContain("u:bob");
  }

  @Test
  void takesATokenAndRefusesOneThatIsWrong() {
    Response known = poll("", "Authorization: Bearer " + SERVER.token("carol"));
    assertThat(known.status()).isEqualTo(200);
    Response unknown = poll("token=wrong");
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(unknown.units().get(1).text("code")).isEqualTo("auth_failed");
    assertThat(poll("user=dave", "Origin: https://elsewhere.example").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({
    "wait=61,400,bad_request",
    "wait=-1,400,bad_request",
    "wait=long,400,bad_request",
    "tail=21,400,bad_request",
    "limit=0,400,bad_request",
    "next=nowhere,400,bad_request",
    "since=0-zzzz-0,409,cursor",
    "device=,400,bad_request",
  })
  void refusesWhatSyncRefuses(String parameter, int status, String code) {
    Response response = poll("user=eve&" + parameter);
    assertThat(response.status()).as(response.body()).isEqualTo(status);
    assertThat(response.unit().text("code")).isEqualTo(code);
  }

  @Test
  void isReplacedByTheNextOfTheSameDevice() {
    String cursor = poll("user=fay").unit().text("cursor");
    HttpSpeaker older = ask(SERVER.http(), "user=fay&device=phone&since=" + cursor);
    HttpSpeaker newer = ask(SERVER.http(), "user=fay&device=phone&since=" + cursor);
    // Which of the two was the older one the server decides by who came first there.
    send("bob", "u:fay", "1");
    Response ofOlder = older.next();
    Response ofNewer = newer.next();
    assertThat(List.of(ofOlder.status(), ofNewer.status())).contains(200);
    if (ofOlder.status() != 200) {
      assertThat(ofOlder.status()).isEqualTo(409);
      assertThat(ofOlder.unit().text("code")).isEqualTo("replaced");
    }
  }

  @Test
  void isForgottenWhenItsClientGoes() {
    assumeThat(RunningServer.io()).as("notices an end beside a request").isNotEqualTo(Io.NIO);
    String cursor = poll("user=gil").unit().text("cursor");
    for (int i = 0; i < 20; i++) { // as many as may wait
      ask(SERVER.http(), "user=gil&since=" + cursor).close();
    }
    Response later = poll("user=gil&wait=0&since=" + cursor);
    for (int i = 0; i < 1_000 && later.status() != 200; i++) { // ends are noticed by and by
      assertThat(later.status()).isEqualTo(429);
      later = poll("user=gil&wait=0&since=" + cursor);
    }
    assertThat(later.status()).isEqualTo(200);
  }

  @Test
  void isOnlyForGet() {
    Response response =
        SERVER
            .http()
            .say(List.of("POST /v1/poll?user=hal HTTP/1.1", "Host: localhost"), new byte[0])
            .next();
    assertThat(response.status()).isEqualTo(405);
  }
}
