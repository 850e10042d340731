package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.tidings.config.Network;
import dev.tidings.lane.Io;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// The stories on real sockets, which hold on epoll where there is one, hold on everything else
/// that can be chosen.
class EveryTransportTest {
  private static final List<String> STORIES =
      List.of(
          "transport.BadInputTest",
          "transport.BadFramesTest",
          "transport.ClosingTest",
          "transport.PausingTest",
          "transport.SlowReaderTest",
          "transport.UnsentTest",
          "http.HandshakeTest",
          "http.HttpConnectionTest",
          "http.ApiTest",
          "http.EventStreamTest",
          "http.PollTest",
          "DrainingTest");

  private static final List<String> ENCRYPTED =
      List.of(
          "transport.BadInputTest",
          "transport.BadFramesTest",
          "transport.PausingTest",
          "transport.SlowReaderTest",
          "http.HandshakeTest",
          "http.HttpConnectionTest",
          "http.EventStreamTest",
          "http.PollTest",
          "DrainingTest");

  @ParameterizedTest
  @EnumSource(names = {"NIO", "IO_URING"})
  void theStoriesHoldOn(Io io) {
    String fault = io.fault();
    if (!fault.isEmpty()) {
      System.err.println("NOT TESTED: " + io + " cannot be had here: " + fault);
    }
    assumeTrue(fault.isEmpty(), fault);
    RunningServer.on(Network.DEFAULTS.with(io), () -> assertTheStoriesHold(STORIES));
  }

  /// Who resets a connection or says what is no TLS is not among those.
  @Test
  void theStoriesHoldInsideTls(@TempDir Path folder) throws IOException {
    Path certificate = folder.resolve("certificate.pem");
    Path key = folder.resolve("key.pem");
    SSLContext trusting =
        Certificates.trusting(Certificates.make(folder, "RSA").write(certificate, key));
    Network network =
        Network.DEFAULTS.withTls(certificate.toString(), key.toString(), /* only= */ true);
    RunningServer.on(
        network, () -> Wire.encrypted(trusting, () -> assertTheStoriesHold(ENCRYPTED)));
  }

  private static void assertTheStoriesHold(List<String> stories) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    try (LauncherSession session = LauncherFactory.openSession()) {
      session
          .getLauncher()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(
                      stories.stream().map(each -> selectClass("dev.tidings." + each)).toList())
                  .build(),
              listener);
    }
    TestExecutionSummary summary = listener.getSummary();
    StringWriter failures = new StringWriter();
    summary.printFailuresTo(new PrintWriter(failures), 20);
    assertThat(summary.getTotalFailureCount()).as(failures.toString()).isZero();
    assertThat(summary.getTestsSucceededCount()).isGreaterThan(100);
  }
}
