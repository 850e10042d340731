package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.Unit;
import dev.tidings.running.WebSocketSpeaker;
import dev.tidings.running.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The server is told to end while everybody is busy.
class DrainingTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.withoutRateLimits();

  private static final int LINES = 2_000;

  @Test
  void whatWasAcceptedIsAnsweredAndEverybodyHearsBye() throws Exception {
    LineSpeaker guest = SERVER.line();
    guest.say("{\"op\":\"ping\"}");
    guest.assertErr("unauthorized");
    Wire silent = SERVER.wire();
    HttpSpeaker idle = SERVER.http();
    assertThat(idle.ask("GET /healthz HTTP/1.1", "Host: localhost").status()).isEqualTo(200);
    WebSocketSpeaker quiet = SERVER.webSocket("quiet");
    LineSpeaker loud = SERVER.line("loud");
    LineSpeaker bob = SERVER.line("bob");
    HttpSpeaker backend = SERVER.http();
    HttpSpeaker patient = polls();

    loud.say("{\"op\":\"send\",\"to\":\"u:amy\",\"data\":1}\n".repeat(LINES));
    loud.next("ok"); // it is under way
    byte[] lines =
        "{\"op\":\"send\",\"to\":\"u:bob\",\"data\":1}\n"
            .repeat(LINES)
            .getBytes(StandardCharsets.UTF_8);
    backend.say(
        List.of(
            "POST /v1/rpc HTTP/1.1",
            "Host: localhost",
            "Authorization: Bearer " + SERVER.key(),
            "Content-Length: " + lines.length),
        lines);
    bob.next("msg"); // and so is this

    CompletableFuture<Void> ended = CompletableFuture.runAsync(SERVER::stop);

    int oks = 1;
    Unit unit = loud.next();
    while (!unit.op().equals("bye")) {
      oks += unit.op().equals("ok") ? 1 : 0;
      unit = loud.next();
    }
    assertThat(unit.text("code")).isEqualTo("draining");
    loud.wire().assertEnds();
    loud.close();
    quiet.assertBye("draining", 4000);
    quiet.close();
    guest.assertBye("draining", 4000);
    guest.close();
    silent.assertEnds();
    silent.close();
    idle.wire().assertEnds();
    idle.close();
    HttpSpeaker.Response polled = patient.next();
    assertThat(polled.header("Connection")).as("asked before, answered behind").isEqualTo("close");
    patient.wire().assertEnds();
    patient.close();
    HttpSpeaker.Response posted =
        backend.next(); // maybe answered before the server was told to end
    assertThat(posted.header("Connection")).isIn("close", "");
    assertThat(posted.units()).hasSize(LINES);
    backend.wire().assertEnds();
    backend.close();
    unit = bob.next();
    while (unit.op().equals("msg")) {
      unit = bob.next();
    }
    assertThat(unit.op()).isEqualTo("bye");
    bob.close();
    ended.get(30, TimeUnit.SECONDS);

    SERVER.start();
    assertThat(head(SERVER.line("loud"), "u:amy")).as("kept is what was answered").isEqualTo(oks);
    long kept = posted.units().stream().filter(each -> each.op().equals("ok")).count();
    assertThat(head(SERVER.line("bob"), "u:server")).isEqualTo(kept);
  }

  /// A poll that the server has begun with, and that nothing happens to.
  private static HttpSpeaker polls() {
    LineSpeaker before = SERVER.line();
    before.auth("\"token\":\"" + SERVER.token("pat") + "\",\"device\":\"d\"");
    String cursor = before.ask("{\"op\":\"sync\"}").text("cursor");
    HttpSpeaker poll = SERVER.http();
    poll.say(
        "GET /v1/poll?device=d&wait=60&since=" + cursor + " HTTP/1.1",
        "Host: localhost",
        "Authorization: Bearer " + SERVER.token("pat"));
    before.assertBye("replaced", 4503);
    return poll;
  }

  private static long head(Speaker speaker, String in) {
    return speaker.ask("{\"op\":\"history\",\"in\":\"" + in + "\"}").number("head");
  }
}
