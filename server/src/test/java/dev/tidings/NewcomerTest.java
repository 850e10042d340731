package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What README promises to somebody who has just started the server.
class NewcomerTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  @Test
  void twoWhoTypeLinesTalk() {
    LineSpeaker alice = SERVER.line();
    alice.say("{\"op\":\"auth\",\"user\":\"alice\"}");
    Unit welcome = alice.next();
    assertThat(welcome.op()).isEqualTo("welcome");
    assertThat(welcome.number("ping")).as("nobody answers pings by hand").isZero();
    LineSpeaker bob = SERVER.line("bob");

    alice.say("{\"op\":\"send\",\"to\":\"u:bob\",\"data\":\"hi\"}");

    Unit msg = bob.next("msg");
    assertThat(msg.text("in")).isEqualTo("u:alice");
    assertThat(msg.text("from")).isEqualTo("alice");
    assertThat(msg.text("data")).isEqualTo("hi");
    Unit ok = alice.next("ok");
    assertThat(ok.text("in")).isEqualTo("u:bob");
    assertThat(ok.text("level")).isEqualTo("disk");
    assertThat(alice.next("msg").text("data")).as("the sender hears himself").isEqualTo("hi");

    bob.say("{\"op\":\"send\",\"to\":\"" + msg.text("in") + "\",\"data\":\"hello\"}");
    assertThat(alice.next("msg").text("data")).isEqualTo("hello");
  }

  @Test
  void netcatSpeaksToTheBrowsersProtocol() throws Exception {
    assumeTrue(isOnPath("nc"), "nc is not installed");
    Process nc =
        new ProcessBuilder("nc", "127.0.0.1", String.valueOf(SERVER.address().getPort()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    SERVER.closing(nc::destroyForcibly);
    try (BufferedWriter types = nc.outputWriter();
        BufferedReader reads = nc.inputReader();
        HttpClient http = HttpClient.newHttpClient()) {
      types.write("{\"op\":\"auth\",\"user\":\"carol\"}\n");
      types.flush();
      assertThat(reads.readLine()).startsWith("{\"op\":\"welcome\"").contains("\"carol\"");

      Heard dave = new Heard();
      WebSocket browser =
          http.newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + SERVER.address().getPort() + "/v1/ws"), dave)
              .join();
      browser.sendText("{\"op\":\"auth\",\"user\":\"dave\"}", true).join();
      assertThat(dave.next().op()).isEqualTo("welcome");

      types.write("{\"op\":\"send\",\"to\":\"u:dave\",\"data\":\"from nc\"}\n");
      types.flush();
      assertThat(dave.next().text("data")).isEqualTo("from nc");
      browser.sendText("{\"op\":\"send\",\"to\":\"u:carol\",\"data\":\"from ws\"}", true).join();
      String line = reads.readLine();
      while (line != null && !line.contains("from ws")) {
        line = reads.readLine();
      }
      assertThat(line).startsWith("{\"op\":\"msg\",\"in\":\"u:dave\"");

      browser.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      assertThat(dave.closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }
  }

  @Test
  void whatIsPushedWithTheKeyIsFoundInServer() throws Exception {
    LineSpeaker alice = SERVER.line("alice2");
    HttpResponse<String> pushed =
        SERVER.fetch(
            HttpRequest.newBuilder(SERVER.uri("/v1/send/u:alice2"))
                .header("Authorization", "Bearer " + SERVER.key())
                .header("Content-Type", "application/x-www-form-urlencoded") // as curl -d says
                .POST(HttpRequest.BodyPublishers.ofString("hello alice")));
    assertThat(pushed.statusCode()).isEqualTo(200);
    Unit ok = new Unit(pushed.body().strip());
    assertThat(ok.op()).isEqualTo("ok");
    assertThat(ok.text("in")).isEqualTo("u:alice2");
    assertThat(ok.text("level")).isEqualTo("disk");
    Unit msg = alice.next("msg");
    assertThat(msg.text("in")).isEqualTo("u:server");
    assertThat(msg.text("from")).isEqualTo("server");
    assertThat(msg.text("data")).isEqualTo("hello alice");
  }

  @Test
  void theCommandLineSends() {
    LineSpeaker erin = SERVER.line("erin");
    String lines = "tcp://127.0.0.1:" + SERVER.address().getPort();
    Ran sent = Ran.of("send", "--server", lines, "--user", "frank", "u:erin", "hi \"there\"");
    assertThat(sent.err()).isEmpty();
    assertThat(sent.out().strip()).isEqualTo("kept in u:erin as 1, level disk");
    assertThat(sent.code()).isZero();
    assertThat(erin.next("msg").text("data")).isEqualTo("hi \"there\"");

    String frames = SERVER.uri("/v1/ws").toString().replaceFirst("^http", "ws");
    String token = SERVER.token("frank");
    Ran json = Ran.of("send", "--server", frames, "--token", token, "--json", "u:erin", "[1]");
    assertThat(json.out().strip()).isEqualTo("kept in u:erin as 2, level disk");
    assertThat(erin.next("msg").json("data")).isEqualTo("[1]");

    Ran.of("send", "--server", lines, "--user", "frank", "a:all", "hi").assertFailed("forbidden");
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  /// What the JDK's own WebSocket client hears.
  private static final class Heard implements WebSocket.Listener {
    private final BlockingQueue<Unit> units = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder unfinished = new StringBuilder();

    Unit next() throws InterruptedException, IOException {
      Unit unit = units.poll(30, TimeUnit.SECONDS);
      if (unit == null) {
        throw new IOException("nothing heard");
      }
      return unit;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      unfinished.append(text);
      if (last) {
        unfinished.toString().lines().map(Unit::new).forEach(units::add);
        unfinished.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      closed.completeExceptionally(failure);
    }
  }
}
