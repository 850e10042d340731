package dev.tidings.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.regex.Pattern;

/// One person's half of the playground, as that person uses it.
final class Panel {
  private final Locator panel;

  Panel(Page page, String person) {
    panel = page.locator("#" + person);
  }

  void press(String act) {
    panel.locator("[data-act=" + act + "]").click();
  }

  void open(String conversation) {
    tab(conversation).click();
    assertThat(part("messages")).hasAttribute("data-shown", conversation);
  }

  void say(String text) {
    part("text").fill(text);
    press("send");
  }

  void is(String state) {
    assertThat(part("state")).hasAttribute("data-state", state);
  }

  void isNot(String state) {
    assertThat(part("state")).not().hasAttribute("data-state", state);
  }

  /// Waits until the numbered messages of the open conversation are these and no others.
  void reads(String... texts) {
    reads(List.of(texts));
  }

  void reads(List<String> texts) {
    assertThat(panel.locator("li[data-seq]:not(.system) .text"))
        .hasText(texts.toArray(String[]::new));
    assertThat(panel.locator("li[data-pending]")).hasCount(0);
  }

  /// Waits until the messages of a conversation without log are these.
  void readsUnnumbered(String... texts) {
    assertThat(panel.locator("li:not([data-seq]) .text")).hasText(texts);
  }

  /// Waits until what was said but not yet answered is this.
  void waitsWith(String... texts) {
    assertThat(panel.locator("li[data-pending=waiting] .text")).hasText(texts);
  }

  /// The numbers of the open conversation, as shown.
  List<Integer> numbers() {
    return panel.locator("li[data-seq]").all().stream()
        .map(item -> Integer.valueOf(item.getAttribute("data-seq")))
        .toList();
  }

  /// Waits until the page counts that many entries heard, none twice and none missing.
  void heard(int entries) {
    assertThat(part("counter")).hasText("received " + entries + ", duplicates 0, gaps 0");
  }

  void heardEachOnce() {
    assertThat(part("counter")).hasText(Pattern.compile("^received \\d+, duplicates 0, gaps 0$"));
  }

  void sees(String presence) {
    assertThat(part("presence-text")).hasText(presence);
  }

  void hasUnread(String conversation, int count) {
    assertThat(tab(conversation).locator(".unread")).hasText(Integer.toString(count));
  }

  private Locator tab(String conversation) {
    return panel.locator("[role=tab][data-in=\"" + conversation + "\"]");
  }

  private Locator part(String role) {
    return panel.locator("[data-role=" + role + "]");
  }
}
