package dev.tidings.testbed.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Time stands still here unless a story moves it, so what is late is late for sure.
class FaultProxyTest {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong();
  private final ServerSocket listening;
  private final FaultProxy proxy;

  FaultProxyTest() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    proxy =
        new FaultProxy(
            (InetSocketAddress) listening.getLocalSocketAddress(), /* seed= */ 7, nanos::get);
  }

  @AfterEach
  void end() throws IOException {
    proxy.close();
    listening.close();
  }

  /// One side of a connection.
  private record Side(Socket socket) {
    void says(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    void hears(String text) throws IOException {
      byte[] bytes = socket.getInputStream().readNBytes(text.length());
      assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(text);
    }

    void hearsNothing() throws IOException {
      assertThat(socket.getInputStream().available()).isZero();
    }

    void hearsTheEnd() throws IOException {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    void hearsAReset() {
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  private record Pair(Side client, Side server) {}

  private Pair connect() throws IOException {
    Socket client = new Socket();
    client.connect(proxy.address(), PATIENCE_MILLIS);
    client.setSoTimeout(PATIENCE_MILLIS);
    Socket server = listening.accept();
    server.setSoTimeout(PATIENCE_MILLIS);
    await().until(() -> proxy.links() > 0);
    return new Pair(new Side(client), new Side(server));
  }

  private void timePasses(Duration time) {
    nanos.addAndGet(time.toNanos());
    proxy.wake();
  }

  @Test
  void allPassesBothWaysAndSoDoesTheEnd() throws IOException {
    Pair pair = connect();
    pair.client.says("hello");
    pair.server.hears("hello");
    pair.server.says("welcome");
    pair.client.hears("welcome");
    pair.client.socket.shutdownOutput();
    pair.server.hearsTheEnd();
    pair.server.says("last");
    pair.client.hears("last");
    pair.server.socket.close();
    pair.client.hearsTheEnd();
    await().until(() -> proxy.links() == 0);
  }

  @Test
  void aResetOfOneSideResetsTheOther() throws IOException {
    Pair pair = connect();
    pair.client.says("x");
    pair.server.hears("x");
    pair.client.socket.setSoLinger(true, 0);
    pair.client.socket.close();
    pair.server.hearsAReset();
  }

  @Test
  void whatIsDelayedArrivesWhenItsTimeHasCome() throws IOException {
    Pair pair = connect();
    proxy.toServer().delay(HOUR, Duration.ZERO);
    pair.client.says("late");
    await().until(() -> proxy.toServer().heldBytes() == 4);
    timePasses(HOUR.minusNanos(1));
    pair.server.says("other way");
    pair.client.hears("other way");
    pair.server.hearsNothing();
    assertThat(proxy.toServer().heldBytes()).isEqualTo(4);
    timePasses(Duration.ofNanos(1));
    pair.server.hears("late");
  }

  /// By chance each is later than the last, but never before it.
  @Test
  void jitterKeepsTheOrder() throws IOException {
    Pair pair = connect();
    proxy.toServer().delay(Duration.ZERO, HOUR);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      pair.client.says("<" + i + ">");
      all.append('<').append(i).append('>');
      long said = all.length();
      await().until(() -> proxy.toServer().heldBytes() == said);
    }
    timePasses(HOUR);
    pair.server.hears(all.toString());
  }

  @Test
  void theSameSeedGivesTheSameJitter() {
    InetSocketAddress anywhere = proxy.address();
    try (FaultProxy one = new FaultProxy(anywhere, 3, nanos::get);
        FaultProxy same = new FaultProxy(anywhere, 3, nanos::get);
        FaultProxy other = new FaultProxy(anywhere, 4, nanos::get)) {
      long due = firstDue(one);
      assertThat(firstDue(same)).isEqualTo(due);
      assertThat(firstDue(other)).isNotEqualTo(due);
    }
  }

  private static long firstDue(FaultProxy proxy) {
    proxy.toServer().delay(Duration.ZERO, HOUR);
    return proxy.toServer().dueNanos();
  }

  @Test
  void aNarrowLineCarriesSoManyBytesInASecond() throws IOException {
    Pair pair = connect();
    proxy.toClient().bandwidth(10);
    pair.server.says("0123456789");
    await().until(() -> proxy.toClient().heldBytes() == 10);
    timePasses(Duration.ofMillis(999));
    pair.client.hearsNothing();
    assertThat(proxy.toClient().passedBytes()).isZero();
    timePasses(Duration.ofMillis(1));
    pair.client.hears("0123456789");
  }

  @Test
  void whatIsFrozenArrivesWhenThawedAndTheOtherDirectionGoesOn() throws IOException {
    Pair pair = connect();
    proxy.toServer().freeze();
    pair.client.says("held");
    pair.client.socket.shutdownOutput();
    await().until(() -> proxy.toServer().heldBytes() == 4);
    pair.server.says("other way");
    pair.client.hears("other way");
    pair.server.hearsNothing();
    proxy.toServer().thaw();
    pair.server.hears("held");
    pair.server.hearsTheEnd();
  }

  /// Who writes into what is frozen is stopped, like with a full pipe.
  @Test
  void whatIsHeldIsBounded() throws Exception {
    Pair pair = connect();
    proxy.toServer().freeze();
    byte[] much = new byte[64 << 20];
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                pair.client.socket.getOutputStream().write(much);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    await().until(() -> proxy.toServer().heldBytes() > Pump.HELD_BYTES_MAX / 2);
    proxy.toServer().thaw();
    assertThat(pair.server.socket.getInputStream().readNBytes(much.length)).isEqualTo(much);
    writer.join();
    assertThat(proxy.toServer().mostHeldBytes()).isLessThanOrEqualTo(Pump.HELD_BYTES_MAX);
  }

  @Test
  void itCutsBehindTheByteItWasTold() throws IOException {
    Pair pair = connect();
    pair.client.says("before");
    pair.server.hears("before");
    proxy.toServer().cutAfter(3);
    pair.client.says("abcdef");
    pair.server.hears("abc");
    pair.server.hearsAReset();
    pair.client.hearsAReset();
    assertThat(proxy.toServer().passedBytes()).isEqualTo(9);
    Pair next = connect(); // once only
    next.client.says("abcdef");
    next.server.hears("abcdef");
  }

  @Test
  void aResetBreaksBothSides() throws IOException {
    Pair pair = connect();
    proxy.reset();
    pair.client.hearsAReset();
    pair.server.hearsAReset();
    assertThat(proxy.links()).isZero();
  }

  /// The client is gone, and the server is not told: neither by an end nor by a reset.
  @Test
  void whoIsLeftAloneIsNotToldUntilAllIsWell() throws IOException {
    Pair pair = connect();
    proxy.abandon();
    pair.client.says("into the void");
    pair.client.socket.close();
    pair.server.says("is there anybody?");
    await().until(() -> proxy.toServer().heldBytes() == 13);
    await().until(() -> proxy.toClient().heldBytes() == 17);
    pair.server.hearsNothing();
    assertThat(proxy.links()).isEqualTo(1);
    Pair other = connect(); // those that come later are not concerned
    other.client.says("hello");
    other.server.hears("hello");
    proxy.heal();
    pair.server.hearsAReset();
    other.server.says("welcome");
    other.client.hears("welcome");
  }

  @Test
  void newConnectionsAreRefusedAndOpenOnesStay() throws IOException {
    Pair pair = connect();
    proxy.refuse();
    assertThatThrownBy(() -> new Socket().connect(proxy.address(), PATIENCE_MILLIS))
        .isInstanceOf(ConnectException.class);
    pair.client.says("still here");
    pair.server.hears("still here");
    proxy.heal();
    Pair next = connect();
    next.client.says("back");
    next.server.hears("back");
  }

  @Test
  void whereNobodyListensTheClientGetsAReset() throws IOException {
    listening.close();
    try (Socket client = new Socket()) {
      assertThatThrownBy(
              () -> {
                client.connect(proxy.address(), PATIENCE_MILLIS); // it may come as early as here
                client.setSoTimeout(PATIENCE_MILLIS);
                client.getInputStream().read();
              })
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void newConnectionsGoWhereItPoints() throws IOException {
    try (ServerSocket another = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Socket client = new Socket()) {
      proxy.pointAt((InetSocketAddress) another.getLocalSocketAddress());
      client.connect(proxy.address(), PATIENCE_MILLIS);
      Side server = new Side(another.accept());
      new Side(client).says("hello");
      server.hears("hello");
    }
  }
}
