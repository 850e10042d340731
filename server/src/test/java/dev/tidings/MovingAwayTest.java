package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.ServeProcess;
import dev.tidings.running.Unit;
import dev.tidings.running.WebSocketSpeaker;
import dev.tidings.running.Wire;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The server is told to end, and gives everybody time to go elsewhere (docs/protocol.md §4).
class MovingAwayTest {
  private static final int PATIENCE_SECONDS = 30;

  /// So long that a story which waits for its end fails.
  private static final int LONG_SECONDS = 3_600;

  @RegisterExtension
  static final RunningServer SERVER = RunningServer.inDevelopment().withDrain(LONG_SECONDS);

  private static void assertTold(Unit bye) {
    assertThat(bye.op()).isEqualTo("bye");
    assertThat(bye.text("code")).isEqualTo("draining");
    assertThat(bye.number("close")).isEqualTo(4000);
    assertThat(bye.number("within")).isEqualTo(LONG_SECONDS * 1_000L);
  }

  @Test
  void whoIsThereIsServedUntilHeGoesAndThenTheServerEnds() throws Exception {
    LineSpeaker alice = SERVER.line("alice");
    WebSocketSpeaker bob = SERVER.webSocket("bob");
    HttpSpeaker guard = SERVER.http();
    assertThat(guard.ask("GET /readyz HTTP/1.1", "Host: localhost").status()).isEqualTo(200);
    LineSpeaker stranger = SERVER.line();
    stranger.say("{\"op\":\"ping\"}");
    stranger.assertErr("unauthorized");

    CompletableFuture<Void> ended = CompletableFuture.runAsync(SERVER::stop);

    assertTold(alice.next("bye"));
    assertTold(bob.next("bye"));
    stranger.assertBye("draining", 4000);
    alice.say("{\"op\":\"send\",\"to\":\"u:bob\",\"data\":\"still here\"}");
    assertThat(alice.next("ok").text("level")).isEqualTo("disk");
    assertThat(bob.next("msg").text("data")).isEqualTo("still here");
    HttpSpeaker.Response ready = guard.ask("GET /readyz HTTP/1.1", "Host: localhost");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.body()).isEqualTo("draining\n");
    assertThat(guard.ask("GET /healthz HTTP/1.1", "Host: localhost").status()).isEqualTo(200);
    LineSpeaker late = SERVER.line();
    late.say("{\"op\":\"auth\",\"user\":\"late\"}");
    late.assertBye("draining", 4000);
    HttpSpeaker lateToo = SERVER.http();
    assertThat(lateToo.say(RunningServer.handshake("/v1/ws"), new byte[0]).next().status())
        .isEqualTo(503);

    alice.close();
    assertThat(bob.ask("{\"op\":\"ping\",\"id\":1}").op()).as("he may stay").isEqualTo("pong");
    assertThat(ended).isNotDone();
    bob.close();
    ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    SERVER.start();
  }

  @Test
  void whoNeverGoesIsClosedAtTheEndOfTheWindow(@TempDir Path data) throws Exception {
    try (ServeProcess serve = ServeProcess.start(data, 0, "--drain", "1");
        LineSpeaker alice = new LineSpeaker(Wire.to(serve.address())).as("alice")) {
      CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(serve::terminate);
      assertThat(alice.next("bye").number("within")).isEqualTo(1_000);
      Unit last = alice.assertBye("draining", 4000);
      assertThat(last.has("within")).isFalse();
      alice.close();
      assertThat(ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(128 + 15);
    }
  }
}
