package dev.tidings.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.base.Clock;
import dev.tidings.running.Certificates;
import dev.tidings.running.EmbeddedLane;
import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.WebSocketSpeaker;
import dev.tidings.running.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The certificate and the key that an operator names: which are taken, and what becomes of those
/// that change while the server runs.
class TlsFilesTest {
  @TempDir static Path folder;

  private static Certificates one;
  private static Certificates other;
  private static Certificates rsa;
  private static Certificates expired;

  private final Path certificate = folder.resolve("certificate.pem");
  private final Path key = folder.resolve("key.pem");

  @BeforeAll
  static void make() {
    one = Certificates.make(folder, "EC");
    other = Certificates.make(folder, "EC");
    rsa = Certificates.make(folder, "RSA");
    expired = Certificates.make(folder, "EC", "-startdate", "-3d", "-validity", "1");
  }

  @BeforeEach
  void begin() throws IOException {
    one.write(certificate, key);
  }

  private Tls tls() throws IOException {
    return new Tls(certificate, key, false, Clock.system());
  }

  @Test
  void keysOfOlderToolsAreRead() throws IOException {
    Files.writeString(key, Certificates.pem("EC PRIVATE KEY", withoutItsKind(one)));
    tls();
    rsa.write(certificate, key);
    tls();
    Files.writeString(key, Certificates.pem("RSA PRIVATE KEY", withoutItsKind(rsa)));
    tls();
  }

  /// The octets at the end of PKCS#8: the last 0x04 in the first bytes is their tag.
  private static byte[] withoutItsKind(Certificates pair) {
    byte[] key = pair.key().getEncoded();
    int at = 4;
    while (!(key[at] == 0x04 && (key[at + 1] == (byte) 0x82 || key[at + 2] == 0x30))) {
      at++;
    }
    int from = key[at + 1] == (byte) 0x82 ? at + 4 : at + 2;
    return Arrays.copyOfRange(key, from, key.length);
  }

  @Test
  void nothingBeginsWithFilesThatAreNotGood() throws IOException {
    Files.writeString(certificate, other.certificatePem());
    assertRefused("the key is not that of the certificate");
    Files.writeString(certificate, rsa.certificatePem());
    assertRefused("another kind");
    expired.write(certificate, key);
    assertRefused("not now");
    Files.writeString(certificate, "hello");
    assertRefused("certificate");
    one.write(certificate, key);
    Files.writeString(key, one.certificatePem());
    assertRefused("no private key");
    Files.writeString(key, Certificates.pem("ENCRYPTED PRIVATE KEY", new byte[100]));
    assertRefused("encrypted");
    Files.delete(key);
    assertRefused("there is no file " + key);
  }

  private void assertRefused(String words) {
    assertThatThrownBy(this::tls).isInstanceOf(IOException.class).hasMessageContaining(words);
  }

  @Test
  void aChangedCertificateIsShownToWhoComesNext() throws IOException {
    Tls tls = tls();
    try (EchoServer server = new EchoServer(EchoServer.Conduct.RIGHT, Optional.of(tls));
        Wire before = connect(server)) {
      assertThat(before.shown()).isEqualTo(one.certificate());

      other.write(certificate, key);
      tls.look();

      try (Wire after = connect(server)) {
        assertThat(after.shown()).isEqualTo(other.certificate());
      }
      HttpSpeaker http = new HttpSpeaker(before);
      assertThat(http.say(RunningServer.handshake("/"), new byte[0]).next().status())
          .as("whoever was there stays")
          .isEqualTo(101);
      WebSocketSpeaker speaker = WebSocketSpeaker.after(http);
      speaker.say("still here");
      assertThat(speaker.frame().text()).isEqualTo("still here");
    }
  }

  @ParameterizedTest
  @CsvSource({"half", "garbage", "expired", "gone"})
  void aBadOneChangesNothing(String how) throws IOException {
    Tls tls = tls();
    try (EchoServer server = new EchoServer(EchoServer.Conduct.RIGHT, Optional.of(tls))) {
      switch (how) {
        case "half" ->
            Files.writeString(certificate, other.certificatePem()); // its key comes later
        case "garbage" -> Files.writeString(key, "what");
        case "expired" -> expired.write(certificate, key);
        default -> Files.delete(certificate);
      }
      tls.look();
      try (Wire wire = connect(server)) {
        assertThat(wire.shown()).isEqualTo(one.certificate());
      }
      other.write(certificate, key);
      tls.look();
      try (Wire wire = connect(server)) {
        assertThat(wire.shown()).isEqualTo(other.certificate());
      }
    }
  }

  private static Wire connect(EchoServer server) {
    return Wire.to(server.address(), Certificates.trusting(one, other, expired));
  }

  /// Without waiting: time passes when the story says so.
  @Nested
  class OnOneSocket {
    private static ByteBuf bytes(String text) {
      return Unpooled.copiedBuffer(text, US_ASCII);
    }

    private EmbeddedChannel connect(EmbeddedLane lane, boolean only) throws IOException {
      lane.channel()
          .pipeline()
          .addLast(
              new FirstByte(
                  lane.sockets(),
                  (http, sockets) -> {},
                  Optional.of(new Tls(certificate, key, only, Clock.system()))));
      return lane.channel();
    }

    @Test
    void halfAHandshakeIsWaitedForTenSeconds() throws IOException {
      try (EmbeddedLane lane = new EmbeddedLane()) {
        EmbeddedChannel channel = connect(lane, false);
        channel.writeInbound(
            Unpooled.wrappedBuffer(HexFormat.of().parseHex("16030100c8010000c40303")));
        assertThat(channel.pipeline().get(SslHandler.class)).isNotNull();
        lane.pass(9_999, TimeUnit.MILLISECONDS);
        assertThat(channel.isOpen()).isTrue();
        lane.pass(1, TimeUnit.MILLISECONDS);
        assertThat(channel.isOpen()).isFalse();
      }
    }

    @Test
    void whereTlsIsDemandedOthersAreToldSo() throws IOException {
      for (String first : new String[] {"{\"op\":\"ping\"}\n", "GET / HTTP/1.1\r\n\r\n"}) {
        try (EmbeddedLane lane = new EmbeddedLane()) {
          EmbeddedChannel channel = connect(lane, true);
          channel.writeInbound(bytes(first));
          ByteBuf last = channel.readOutbound();
          assertThat(last.toString(US_ASCII)).contains("this port speaks TLS only");
          last.release();
          lane.pass(LastWords.LINGER_SECONDS, TimeUnit.SECONDS);
          assertThat(channel.isOpen()).isFalse();
        }
      }
    }

    @Test
    void elsewhereTheyAreServed() throws IOException {
      try (EmbeddedLane lane = new EmbeddedLane()) {
        EmbeddedChannel channel = connect(lane, false);
        channel.writeInbound(bytes("{"));
        assertThat(channel.pipeline().get(LineHandler.class)).isNotNull();
        channel.close();
      }
    }
  }
}
