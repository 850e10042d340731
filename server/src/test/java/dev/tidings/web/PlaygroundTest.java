package dev.tidings.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.tidings.Server;
import dev.tidings.running.ServeProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody sees who opens the playground, in a real browser and against a real server. Each
/// story ends with a look at the browser's console, which must be empty.
///
/// Run by `mvn -P browser verify`; pictures to look at are in `target/screenshots`.
@Tag("browser")
class PlaygroundTest {
  private static final Path PICTURES = Path.of("target", "screenshots");

  private static Chromium chromium;

  @TempDir Path data;
  private List<String> complaints = new ArrayList<>();
  private boolean serverWasGone;

  @BeforeAll
  static void startBrowser() {
    chromium = Chromium.start();
  }

  @AfterAll
  static void endBrowser() {
    chromium.close();
  }

  @AfterEach
  void theBrowserHadNothingToComplainOf() {
    assertThat(complaints).filteredOn(complaint -> !isExcused(complaint)).isEmpty();
  }

  /// The browser tells of every attempt to connect while nobody was there.
  private boolean isExcused(String complaint) {
    return serverWasGone
        && (complaint.startsWith("WebSocket connection to")
            || complaint.startsWith("Failed to load resource")); // a stream, tried instead
  }

  private Server serve() throws Exception {
    return LocalServer.serve(data, 0, List.of(), 1);
  }

  private Page open(int port) {
    Chromium.Visit visit = chromium.visit("http://localhost:" + port + "/");
    complaints = visit.complaints();
    return visit.page();
  }

  private static void picture(Page page, String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name)).setFullPage(true));
  }

  @Test
  void aliceAndBobTalk() throws Exception {
    try (Server server = serve();
        Page page = open(server.address().getPort())) {
      Panel alice = new Panel(page, "alice");
      Panel bob = new Panel(page, "bob");
      alice.is("live");
      bob.is("live");
      alice.say("Is the kettle on?");
      bob.reads("Is the kettle on?");
      bob.say("It sings already.");
      alice.reads("Is the kettle on?", "It sings already.");
      bob.reads("Is the kettle on?", "It sings already.");
      alice.sees("bob is here");
      bob.sees("alice is here");
      alice.heard(2);
      bob.heard(2);
    }
  }

  @Test
  void whoIsCutOffComesBackUnasked() throws Exception {
    try (Server server = serve();
        Page page = open(server.address().getPort())) {
      Panel alice = new Panel(page, "alice");
      Panel bob = new Panel(page, "bob");
      alice.say("one");
      bob.reads("one");
      bob.press("cut");
      alice.say("two");
      alice.say("three");
      bob.reads("one", "two", "three");
      bob.is("live");
      bob.heard(3);
    }
  }

  @Test
  void whatWasMissedArrivesInOrderAndOnce() throws Exception {
    try (Server server = serve();
        Page page = open(server.address().getPort())) {
      Panel alice = new Panel(page, "alice");
      Panel bob = new Panel(page, "bob");
      alice.say("See you later.");
      bob.reads("See you later.");
      bob.press("offline");
      bob.is("idle");
      List<String> all = new ArrayList<>(List.of("See you later."));
      for (String text : List.of("The tea is ready.", "And the cake.", "Now it gets cold.")) {
        alice.say(text);
        all.add(text);
        alice.reads(all);
      }
      bob.say("I am on my way.");
      bob.waitsWith("I am on my way.");
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      page.setViewportSize(412, 915);
      picture(page, "away-on-a-phone-at-night.png");

      bob.press("back");
      all.add("I am on my way.");
      alice.reads(all);
      bob.reads(all);
      assertThat(bob.numbers()).isEqualTo(IntStream.rangeClosed(1, all.size()).boxed().toList());
      alice.heard(all.size());
      bob.heard(all.size());
    }
  }

  @Test
  void aGroupAndATopicAreHeardByWhoeverOpensThem() throws Exception {
    try (Server server = serve();
        Page page = open(server.address().getPort())) {
      Panel alice = new Panel(page, "alice");
      Panel bob = new Panel(page, "bob");
      alice.open("g:demo");
      alice.say("Who else is here?");
      alice.reads("Who else is here?");
      bob.open("g:demo");
      bob.say("I am.");
      alice.reads("Who else is here?", "I am.");
      alice.heardEachOnce();
      bob.heardEachOnce();

      alice.open("t:demo");
      bob.open("t:demo");
      bob.say("18 degrees, light wind");
      bob.readsUnnumbered("18 degrees, light wind");
      alice.readsUnnumbered("18 degrees, light wind");
      alice.say("19 degrees");
      bob.readsUnnumbered("18 degrees, light wind", "19 degrees");
    }
  }

  @Test
  void aPushOverHttpIsFoundInTheConversationWithTheServer() throws Exception {
    try (Server server = serve();
        Page page = open(server.address().getPort())) {
      Panel alice = new Panel(page, "alice");
      Panel bob = new Panel(page, "bob");
      alice.is("live");
      bob.is("live");
      push(server, "u:alice", "deployed", "deployment-17");
      push(server, "u:alice", "deployed", "deployment-17"); // a backend that got no answer repeats
      alice.hasUnread("u:server", 1);
      push(server, "a:all", "Tea is ready.", "tea-1");
      bob.hasUnread("a:all", 1);
      alice.open("u:server");
      alice.reads("deployed");
      bob.open("a:all");
      bob.reads("Tea is ready.");
      picture(page, "pushed.png");
    }
  }

  private static void push(Server server, String to, String text, String key) throws Exception {
    LocalServer.push(server, to, text, "Idempotency-Key", key);
  }

  @Test
  void bothGoOnAfterTheServerWasKilled() throws Exception {
    try (ServeProcess first = ServeProcess.start(data, 0);
        Page page = open(first.port())) {
      Panel alice = new Panel(page, "alice");
      Panel bob = new Panel(page, "bob");
      alice.say("before");
      bob.reads("before");
      alice.reads("before"); // bob may have it before she has her answer
      first.kill();
      serverWasGone = true;
      alice.isNot("live");
      bob.isNot("live");
      alice.say("meanwhile");
      alice.waitsWith("meanwhile");

      try (ServeProcess second = ServeProcess.start(data, first.port())) {
        bob.reads("before", "meanwhile");
        bob.say("after");
        alice.reads("before", "meanwhile", "after");
        alice.heard(3);
        bob.heard(3);
        second.kill(); // and is gone before its files are
      }
    }
  }

  /// A look at the console that never finds anything would be worthless.
  @Test
  void aBreachOfThePolicyIsSeen() throws Exception {
    try (Server server = serve();
        Page page = open(server.address().getPort())) {
      new Panel(page, "alice").is("live");
      page.evaluate(
          """
          () => {
            const script = document.createElement('script');
            script.textContent = 'document.title = "run"';
            document.body.append(script);
          }
          """);
      assertThat(page.title()).isEqualTo("Tidings playground");
      assertThat(complaints).singleElement().asString().contains("Content Security Policy");
      complaints.clear();
    }
  }
}
