package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.Unit;
import dev.tidings.running.WebSocketSpeaker;
import dev.tidings.running.Wire;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How connections end: what the server says last is always heard, and then the stream ends in
/// order.
class ClosingTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  @Test
  void theSameDeviceElsewhereReplacesTheOlderConnection() {
    Speaker lines = SERVER.line();
    lines.auth("\"user\":\"alice\",\"device\":\"phone\"");
    Speaker frames = SERVER.webSocket();
    frames.auth("\"user\":\"alice\",\"device\":\"phone\"");
    lines.assertBye("replaced", 4503);
    Speaker again = SERVER.line();
    again.auth("\"user\":\"alice\",\"device\":\"phone\"");
    frames.assertBye("replaced", 4503);
    Speaker tablet = SERVER.line();
    tablet.auth("\"user\":\"alice\",\"device\":\"tablet\"");
    assertThat(again.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
  }

  @Test
  void theTwentyFirstConnectionOfAUserIsOneTooMany() {
    List<LineSpeaker> twenty = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      twenty.add(SERVER.line("crowd"));
    }
    for (Speaker one : List.of(SERVER.line(), SERVER.webSocket())) {
      one.say("{\"op\":\"auth\",\"user\":\"crowd\"}");
      one.assertBye("limit", 4505);
    }
    for (LineSpeaker each : twenty) {
      assertThat(each.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
    }
    twenty.getFirst().close();
    // The place is free once the server has noticed; until then one is told to stop.
    Unit answer = new Unit("{}");
    for (int i = 0; i < 1_000 && !answer.op().equals("welcome"); i++) {
      LineSpeaker next = SERVER.line();
      next.say("{\"op\":\"auth\",\"user\":\"crowd\"}");
      answer = next.next();
    }
    assertThat(answer.op()).isEqualTo("welcome");
  }

  @Test
  void byeIsHeardByWhoIsStillSpeaking() {
    for (Speaker loud : List.of(SERVER.line("loud"), SERVER.webSocket("loud"))) {
      String ping = "{\"op\":\"ping\"}\n";
      loud.say("{1}\n{2}\n{3}\n{4}\n{5}\n" + ping.repeat(4_000)); // unread when the server ends
      for (int i = 0; i < 5; i++) {
        loud.assertErr("bad_json");
      }
      loud.assertBye("protocol", 4501);
    }
  }

  @Test
  void whatIsSaidBehindByeIsNotTaken() {
    WebSocketSpeaker loud = SERVER.webSocket("loud");
    loud.say("{1}\n{2}\n{3}\n{4}\n{5}\n{\"op\":\"send\",\"to\":\"u:loud\",\"data\":1}");
    loud.say("{\"op\":\"send\",\"to\":\"u:loud\",\"data\":2}");
    for (int i = 0; i < 5; i++) {
      loud.assertErr("bad_json");
    }
    loud.assertBye("protocol", 4501);
    Unit log = SERVER.line("loud").ask("{\"op\":\"history\",\"in\":\"u:loud\"}");
    assertThat(log.number("head")).isZero();
  }

  @Test
  void aTlsClientIsToldAtOnce() {
    // The beginning of a ClientHello; the alert says "handshake failure" (RFC 8446 §6).
    Wire tls = SERVER.wire();
    tls.write(HexFormat.of().parseHex("16030100c8010000c40303" + "00".repeat(400)));
    assertThat(HexFormat.of().formatHex(tls.readToEnd())).isEqualTo("15030300020228");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "00", "05", "ff", "5b", "22", "7f", "80"})
  void whatTheFirstByteDoesNotTellIsClosed(String first) {
    Wire wire = SERVER.wire();
    wire.write(HexFormat.of().parseHex(first + "0c00044d5154540402003c0000" + "00".repeat(5_000)));
    wire.assertEnds();
  }

  @Test
  void whoSaysNothingAndLeavesIsNoTrouble() {
    SERVER.wire().close();
    SERVER.wire().reset();
    Wire half = SERVER.wire();
    half.endOurSide();
    half.assertEnds();
  }
}
