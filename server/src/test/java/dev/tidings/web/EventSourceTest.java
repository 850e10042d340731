package dev.tidings.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.tidings.Server;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A browser's own `EventSource`, which nobody can tell what to do: it comes back by itself with
/// the last id it saw, and stops only when it is told so in its own words.
@Tag("browser")
class EventSourceTest {
  private static Chromium chromium;

  @TempDir Path data;

  @BeforeAll
  static void startBrowser() {
    chromium = Chromium.start();
  }

  @AfterAll
  static void endBrowser() {
    chromium.close();
  }

  private Server serve(int port) throws Exception {
    return LocalServer.serve(data, port, List.of("kept.*"), 2);
  }

  private static void listen(Page page, String name, String query) {
    page.evaluate(
        """
        ([name, query]) => {
          const heard = [];
          const source = new EventSource('/v1/stream?' + query);
          source.onmessage = ({ data, lastEventId }) => heard.push({ ...JSON.parse(data), lastEventId });
          window[name] = { source, heard, texts: () => heard.filter((u) => u.op === 'msg').map((u) => u.data) };
        }
        """,
        List.of(name, query));
    page.waitForFunction("(name) => window[name].heard.length > 0", name);
    assertThat(page.evaluate("(name) => window[name].heard[0].op", name)).isEqualTo("welcome");
  }

  private static void hears(Page page, String name, String... texts) {
    page.waitForFunction(
        "([name, count]) => window[name].texts().length >= count", List.of(name, texts.length));
    assertThat((List<?>) page.evaluate("(name) => window[name].texts()", name))
        .isEqualTo(List.of(texts));
  }

  @Test
  void missesNothingThatHappenedWhileTheServerWasAway() throws Exception {
    Server server = serve(0);
    int port = server.address().getPort();
    try (Page page = chromium.visit("http://localhost:" + port + "/").page()) {
      listen(page, "bob", "user=bob&sub=t:kept.a");
      LocalServer.push(server, "u:bob", "one");
      LocalServer.push(server, "t:kept.a", "two");
      page.waitForFunction("() => bob.heard.some((unit) => unit.data === 'two')");
      server.close();
      server = serve(port);
      LocalServer.push(server, "u:bob", "three");
      LocalServer.push(server, "t:kept.a", "four");
      page.waitForFunction("() => bob.texts().includes('three') && bob.texts().includes('four')");
      LocalServer.push(server, "u:bob", "five");
      page.waitForFunction("() => bob.texts().includes('five')");
      List<?> ofServer =
          (List<?>)
              page.evaluate(
                  "() => [...new Set(bob.heard.filter((u) => u.in === 'u:server').map((u) =>"
                      + " u.seq))]");
      assertThat(ofServer).isEqualTo(List.of(1, 2, 3));
      assertThat(page.evaluate("() => bob.source.readyState")).isEqualTo(1);
    } finally {
      server.close();
    }
  }

  @Test
  void stopsWhenAnotherTookItsPlaceAndThatOneGoesOn() throws Exception {
    try (Server server = serve(0);
        Page page = chromium.visit("http://localhost:" + server.address().getPort() + "/").page()) {
      listen(page, "older", "user=bob&device=phone");
      listen(page, "newer", "user=bob&device=phone");
      page.waitForFunction("() => older.source.readyState === EventSource.CLOSED");
      assertThat(page.evaluate("() => older.heard.at(-1).code")).isEqualTo("replaced");
      LocalServer.push(server, "u:bob", "still here");
      hears(page, "newer", "still here");
    }
  }

  @Test
  void stopsWhereItIsNotBelieved() throws Exception {
    try (Server server = serve(0);
        Page page = chromium.visit("http://localhost:" + server.address().getPort() + "/").page()) {
      page.evaluate("() => { window.wrong = new EventSource('/v1/stream?token=wrong'); }");
      page.waitForFunction("() => wrong.readyState === EventSource.CLOSED");
      listen(page, "bob", "user=bob");
      LocalServer.push(server, "u:bob", "hi");
      hears(page, "bob", "hi");
    }
  }

  /// The playground as it is, in a network that lets no WebSocket pass.
  @Test
  void thePlaygroundGoesOnByEventsWhereNoWebSocketPasses() throws Exception {
    try (Server server = serve(0);
        Page page = chromium.visit("about:blank").page()) {
      page.addInitScript(
          """
          window.WebSocket = class {
            constructor() { setTimeout(() => this.onclose?.({ code: 1006 })); }
            send() {}
            close() {}
          };
          """);
      page.navigate("http://localhost:" + server.address().getPort() + "/");
      Panel alice = new Panel(page, "alice");
      Panel bob = new Panel(page, "bob");
      alice.is("live");
      bob.is("live");
      alice.say("Is the kettle on?");
      bob.reads("Is the kettle on?");
      bob.say("It sings already.");
      alice.reads("Is the kettle on?", "It sings already.");
      alice.sees("bob is here");
      bob.press("cut");
      alice.say("Hello?");
      bob.reads("Is the kettle on?", "It sings already.", "Hello?");
    }
  }
}
