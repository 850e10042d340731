package dev.tidings.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// TLS on the port that speaks everything else. The bystanders speak plainly, beside it.
class TlsTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment().withTls();

  private static LineSpeaker line() {
    return new LineSpeaker(SERVER.closing(Wire.to(SERVER.address(), SERVER.trusting())));
  }

  @Test
  void linesInsideAndLinesBesideHearEachOther() {
    LineSpeaker alice = line().as("alice");
    LineSpeaker bob = SERVER.line("bob");
    alice.say("{\"op\":\"send\",\"to\":\"u:bob\",\"data\":\"hi\"}");
    assertThat(bob.next("msg").text("data")).isEqualTo("hi");
    bob.say("{\"op\":\"send\",\"to\":\"u:alice\",\"data\":\"" + "x".repeat(30_000) + "\"}");
    assertThat(alice.next("ok").number("seq")).isEqualTo(1);
    assertThat(alice.next("msg").number("seq")).isEqualTo(1);
    assertThat(alice.next("msg").text("data")).hasSize(30_000);
  }

  @Test
  void byeIsFollowedByAnEndThatIsSaid() {
    LineSpeaker alice = line().as("alice");
    alice.say("{1}\n{2}\n{3}\n{4}\n{5}");
    for (int i = 0; i < 5; i++) {
      alice.assertErr("bad_json");
    }
    alice.assertBye("protocol", 4501); // a stream cut short would be an exception
  }

  /// In a process of its own, for whom Java believes is settled once.
  @Test
  void theJavaClientSpeaksWss(@TempDir Path folder) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SERVER.certificates().trustedBy(folder.resolve("trusted.p12")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.tidings.Main"));
    command.addAll(List.of("send", "--user", "carol", "u:dan", "hi", "--server"));
    command.add("wss://localhost:" + SERVER.address().getPort() + "/v1/ws");
    LineSpeaker dan = SERVER.line("dan");
    Process send = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(send.getInputStream().readAllBytes(), UTF_8);
    assertThat(send.waitFor()).as(said).isZero();
    assertThat(dan.next("msg").text("from")).isEqualTo("carol");
  }

  @Test
  void requestsComeByHttps() throws Exception {
    URI send = URI.create("https://localhost:" + SERVER.address().getPort() + "/v1/send/u:dora");
    try (HttpClient client = HttpClient.newBuilder().sslContext(SERVER.trusting()).build()) {
      HttpResponse<String> sent =
          client.send(
              HttpRequest.newBuilder(send)
                  .header("Authorization", "Bearer " + SERVER.key())
                  .POST(HttpRequest.BodyPublishers.ofString("hi"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(sent.statusCode()).isEqualTo(200);
      HttpResponse<String> page =
          client.send(
              HttpRequest.newBuilder(send.resolve("/")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(page.body()).contains("<html");
    }
  }

  /// Behind the byte that announces TLS comes none.
  @Test
  void garbageIsAnsweredWithAnAlertOrTheEnd() {
    for (String garbage :
        new String[] {"16", "1603010004", "160301ffff", "16030100050100000100", "16".repeat(500)}) {
      Wire wire = SERVER.wire();
      wire.write(HexFormat.of().parseHex(garbage));
      wire.endOurSide();
      byte[] last = wire.readToEnd();
      assertThat(last.length == 0 || last[0] == 0x15).as(garbage).isTrue();
    }
  }

  @Test
  void whatIsInsideIsToldByItsFirstByteToo() {
    Wire strange = SERVER.closing(Wire.to(SERVER.address(), SERVER.trusting()));
    strange.write(HexFormat.of().parseHex("100c00044d5154540402003c0000"));
    strange.assertEnds();
    Wire again = SERVER.closing(Wire.to(SERVER.address(), SERVER.trusting()));
    again.write(HexFormat.of().parseHex("16030100c8"));
    again.assertEnds();
  }
}
