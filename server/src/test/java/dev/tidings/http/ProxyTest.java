package dev.tidings.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.EventSpeaker;
import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `GET /v1/stream` through what stands between many a browser and its server.
class ProxyTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  @Test
  void reachesWhoIsBehindAProxyThatBuffers() throws Exception {
    try (BufferingProxy proxy = new BufferingProxy(SERVER.address())) {
      HttpSpeaker http = new HttpSpeaker(SERVER.closing(Wire.to(proxy.address())));
      EventSpeaker alice = RunningServer.streamOn(http, "user=proxied");
      assertThat(alice.next().op()).isEqualTo("welcome");
      LineSpeaker bob = SERVER.line("bob");
      for (int i = 0; i < 3; i++) {
        bob.say("{\"op\":\"send\",\"to\":\"u:proxied\",\"data\":" + i + "}");
        assertThat(alice.next("msg").number("data")).isEqualTo(i);
      }
    }
  }
}
