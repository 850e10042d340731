package dev.tidings.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.HttpSpeaker.Response;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import dev.tidings.running.WebSocketSpeaker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The opening handshake of a WebSocket (RFC 6455 §4.2), with and without a token, from here and
/// from elsewhere.
class HandshakeTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  @Test
  void aTokenInTheHeaderIsWelcomedUnasked() {
    WebSocketSpeaker alice =
        SERVER.webSocketAt("/v1/ws", "Authorization: Bearer " + SERVER.token("alice"));
    Unit welcome = alice.next();
    assertThat(welcome.op()).isEqualTo("welcome");
    assertThat(welcome.text("user")).isEqualTo("alice");
    assertThat(welcome.number("exp")).isPositive();
    assertThat(welcome.number("ping")).isEqualTo(25);
    assertThat(alice.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
  }

  @Test
  void aTokenInTheUrlIsWelcomedUnaskedOnItsDevice() {
    String target = "/v1/ws?token=" + SERVER.token("bob") + "&device=phone";
    WebSocketSpeaker older = SERVER.webSocketAt(target);
    assertThat(older.next().text("user")).isEqualTo("bob");
    WebSocketSpeaker newer = SERVER.webSocketAt(target);
    assertThat(newer.next().op()).isEqualTo("welcome");
    older.assertBye("replaced", 4503);
  }

  @Test
  void aWrongTokenIsToldWhyOnTheOpenSocket() {
    WebSocketSpeaker stranger = SERVER.webSocketAt("/v1/ws?token=wrong");
    stranger.assertErr("unauthorized");
    stranger.assertBye("auth_failed", 4500);
  }

  @Test
  void framesSentRightBehindTheHandshakeAreTaken() {
    HttpSpeaker http = SERVER.http();
    byte[] auth =
        WebSocketSpeaker.bytes(
            WebSocketSpeaker.FINAL | WebSocketSpeaker.TEXT,
            "{\"op\":\"auth\",\"user\":\"hasty\"}\n{\"op\":\"ping\",\"id\":5}".getBytes(UTF_8));
    assertThat(http.say(RunningServer.handshake("/v1/ws"), auth).next().status()).isEqualTo(101);
    WebSocketSpeaker hasty = WebSocketSpeaker.after(http);
    assertThat(hasty.next().text("user")).isEqualTo("hasty");
    assertThat(hasty.next().number("id")).isEqualTo(5);
  }

  @Test
  void aHandshakeMayFollowAnotherRequest() {
    HttpSpeaker http = SERVER.http();
    http.wire().write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    http.say(RunningServer.handshake("/v1/ws"), new byte[0]);
    assertThat(http.next().status()).isEqualTo(200);
    assertThat(http.next().status()).isEqualTo(101);
    WebSocketSpeaker speaker = WebSocketSpeaker.after(http).as("second");
    assertThat(speaker.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-WebSocket-Version: 13,Sec-WebSocket-Version: 8",
    "Sec-WebSocket-Version: 13,X-Nothing: here",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==,Sec-WebSocket-Key: c2hvcnQ=",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==,Sec-WebSocket-Key: %%%",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==,X-Nothing: here",
    "Upgrade: websocket,Upgrade: h2c",
    "Upgrade: websocket,X-Nothing: here",
    "Connection: Upgrade,Connection: keep-alive",
  })
  void aFaultyHandshakeIsToldTheVersionWeSpeak(String right, String wrong) {
    List<String> head = new ArrayList<>(RunningServer.handshake("/v1/ws"));
    head.replaceAll(line -> line.equals(right) ? wrong : line);
    HttpSpeaker http = SERVER.http();
    Response response = http.say(head, new byte[0]).next();
    assertThat(response.status()).isEqualTo(426);
    assertThat(response.header("Sec-WebSocket-Version")).isEqualTo("13");
    assertThat(http.ask("GET /healthz HTTP/1.1", "Host: localhost").status()).isEqualTo(200);
  }

  @Test
  void halfAHandshakeIsNoTrouble() {
    HttpSpeaker http = SERVER.http();
    http.wire().write("GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: webso");
    http.wire().endOurSide();
    http.wire().assertEnds();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://example.org",
        "Origin: null",
        "Origin: http://localhost.example.org",
        "Origin: http://127.0.0.1.example.org",
        "Origin: http://127.0.0.1@example.org",
        "Origin: http://1270001",
        "Origin: file://",
      })
  void inDevelopmentPagesOfOtherSitesMayNotConnect(String origin) {
    Response response =
        SERVER.http().say(RunningServer.handshake("/v1/ws", origin), new byte[0]).next();
    assertThat(response.status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", "example.org:8080", "localhost.example.org", "]["})
  void inDevelopmentTheServerMayNotGoByAnotherName(String host) {
    List<String> head = new ArrayList<>(RunningServer.handshake("/v1/ws"));
    head.replaceAll(line -> line.startsWith("Host:") ? "Host: " + host : line);
    assertThat(SERVER.http().say(head, new byte[0]).next().status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost",
        "http://localhost:3000",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "https://app.localhost",
      })
  void inDevelopmentPagesOfThisMachineMay(String origin) {
    WebSocketSpeaker speaker = SERVER.webSocketAt("/v1/ws", "Origin: " + origin).as("here");
    assertThat(speaker.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
  }

  @Test
  void whoeverConnectsHearsOthersOnTheSamePort() {
    WebSocketSpeaker wanda = SERVER.webSocket("wanda");
    LineSpeaker xaver = SERVER.line("xaver");
    xaver.say("{\"op\":\"send\",\"to\":\"u:wanda\",\"data\":\"over lines\"}");
    assertThat(wanda.next("msg").text("data")).isEqualTo("over lines");
    wanda.say("{\"op\":\"send\",\"to\":\"u:xaver\",\"data\":\"over frames\"}");
    assertThat(xaver.next("msg", 2).getLast().text("data")).isEqualTo("over frames");
  }
}
