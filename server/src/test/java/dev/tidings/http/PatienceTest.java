package dev.tidings.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Tokens;
import dev.tidings.base.Clock;
import dev.tidings.running.EmbeddedLane;
import dev.tidings.running.RunningServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How long the server waits for those who speak HTTP slowly, without waiting.
class PatienceTest {
  private final EmbeddedLane lane = new EmbeddedLane();
  private final EmbeddedChannel channel = lane.channel();

  @BeforeEach
  void connect() {
    HttpFront.install(channel, lane.sockets(), lane.http());
  }

  @AfterEach
  void close() {
    lane.close();
  }

  private void say(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
    channel.runPendingTasks();
  }

  private String heard() {
    StringBuilder heard = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      heard.append(next.toString(US_ASCII));
      next.release();
    }
    return heard.toString();
  }

  @Test
  void aRequestThatArrivesByteByByteIsNotWaitedForEndlessly() {
    say("GET /healthz HTTP/1.1\r\nX-Slow: ");
    for (int second = 1; second < HttpFront.REQUEST_SECONDS_MAX; second++) {
      say("x");
      lane.pass(1, TimeUnit.SECONDS);
      assertThat(channel.isOpen()).isTrue();
    }
    lane.pass(1, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isFalse();
    assertThat(heard()).isEmpty();
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForEither() {
    long now = Clock.system().epochMillis();
    String token = new Tokens(RunningServer.KEY).sign("alice", false, List.of(), now, 3_600);
    say("POST /v1/rpc HTTP/1.1\r\nAuthorization: Bearer " + token);
    say("\r\nContent-Length: 100\r\n\r\n{");
    lane.pass(HttpFront.REQUEST_SECONDS_MAX - 1, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isTrue();
    lane.pass(1, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void eachAnswerBeginsThePauseAnew() {
    for (int i = 0; i < 3; i++) {
      say("GET /healthz HTTP/1.1\r\n\r\n");
      assertThat(heard()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\nok\n");
      lane.pass(HttpFront.REQUEST_SECONDS_MAX - 1, TimeUnit.SECONDS);
      assertThat(channel.isOpen()).isTrue();
    }
    lane.pass(1, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anAnswerThatNobodyTakesIsNotKeptForEver() {
    List<ChannelPromise> untaken = new ArrayList<>();
    channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                untaken.add(promise);
              }
            });
    say("GET /healthz HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n");
    assertThat(untaken).as("one answer, not two").hasSizeLessThanOrEqualTo(2);
    int writes = untaken.size();
    lane.pass(HttpFront.ANSWER_SECONDS_MAX - 1, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isTrue();
    assertThat(untaken).hasSize(writes);
    lane.pass(1, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whoIsToldTheLastAndStaysIsClosedAfterAMoment() {
    say("GARBAGE\r\n\r\n");
    assertThat(heard()).startsWith("HTTP/1.1 400 ");
    assertThat(channel.isOpen()).as("he may still read it").isTrue();
    lane.pass(2, TimeUnit.SECONDS);
    assertThat(channel.isOpen()).isFalse();
  }
}
