package dev.tidings.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// The machine's own Chromium, without a window, driven by the machine's own Node. Confined to the
/// test's thread.
final class Chromium implements AutoCloseable {
  /// For a busy machine; what is awaited mostly is there at once.
  private static final int PATIENCE_MILLIS = 60_000;

  /// No sandbox, for it does not work for root; no errands of the browser's own.
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static Chromium start() {
    Map<String, String> environment =
        Map.of(
            "PLAYWRIGHT_NODEJS_PATH",
            Programs.find("node").toString(),
            "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
            "1");
    Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(
                        Programs.find("chromium", "chromium-browser", "google-chrome"))
                    .setHeadless(true)
                    .setTimeout(PATIENCE_MILLIS)
                    .setArgs(FLAGS));
    return new Chromium(playwright, browser);
  }

  /// A page as a new visitor gets it.
  Visit visit(String url) {
    BrowserContext context =
        browser.newContext(new Browser.NewContextOptions().setViewportSize(1280, 860));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    Page page = context.newPage();
    List<String> complaints = new CopyOnWriteArrayList<>();
    page.onConsoleMessage(message -> complain(message, complaints));
    page.onPageError(complaints::add);
    page.navigate(url);
    return new Visit(page, complaints);
  }

  private static void complain(ConsoleMessage message, List<String> complaints) {
    if (message.type().equals("error") || message.type().equals("warning")) {
      complaints.add(message.text());
    }
  }

  /// @param complaints errors of scripts and what the browser warned of: breaches of the content
  ///   security policy, pages not found, sockets refused
  record Visit(Page page, List<String> complaints) {}

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
