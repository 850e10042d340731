package dev.tidings.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.EmbeddedLane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Strangers and time, without waiting.
class FirstByteTest {
  private final EmbeddedLane lane = new EmbeddedLane();
  private final EmbeddedChannel channel = lane.channel();

  @BeforeEach
  void connect() {
    channel
        .pipeline()
        .addLast(new FirstByte(lane.sockets(), (http, sockets) -> {}, Optional.empty()));
  }

  @AfterEach
  void close() {
    lane.close();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, US_ASCII);
  }

  @Test
  void whoSaysNothingIsClosedAfterTenSeconds() {
    lane.pass(9_999, TimeUnit.MILLISECONDS);
    assertThat(channel.isOpen()).isTrue();
    lane.pass(1, TimeUnit.MILLISECONDS);
    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.<Object>readOutbound()).isNull();
  }

  @Test
  void whoHasSaidSomethingIsLeftToThoseWhoUnderstandIt() {
    channel.writeInbound(bytes("{"));
    lane.pass(1, TimeUnit.HOURS);
    assertThat(channel.isOpen()).isTrue();
    assertThat(channel.pipeline().get(FirstByte.class)).isNull();
    assertThat(channel.pipeline().get(LineHandler.class)).isNotNull();
    channel.close();
  }

  @Test
  void anEmptyReadDecidesNothing() {
    channel.writeInbound(bytes(""));
    assertThat(channel.pipeline().get(FirstByte.class)).isNotNull();
    channel.writeInbound(bytes("GET"));
    assertThat(channel.pipeline().get(LineHandler.class)).isNull();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whoIsRefusedAndStaysIsClosedAfterAMoment() {
    channel.writeInbound(bytes("\u0016"));
    ByteBuf alert = channel.readOutbound();
    assertThat(alert.readableBytes()).isEqualTo(7);
    alert.release();
    channel.writeInbound(bytes("{\"op\":\"ping\"}\n")); // behind a refusal nothing is understood
    assertThat(channel.pipeline().get(LineHandler.class)).isNull();
    assertThat(channel.isOpen()).as("he may still read it").isTrue();
    lane.pass(LastWords.LINGER_SECONDS, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void ofAGuestsLineThatNeverEndsEightKibibytesAreTaken() {
    channel.writeInbound(bytes("{" + "x".repeat(8 * 1024 - 1)));
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.writeInbound(bytes("x"));
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(channel.isOpen()).isTrue();
    channel.close();
  }
}
