package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Hears server-sent events as a browser does (WHATWG HTML §9.2.6), and has nothing to say.
public final class EventSpeaker extends Speaker {
  private final Wire wire;
  private final HttpSpeaker.Response response;
  private final List<String> ids = new ArrayList<>();
  private final List<Integer> retries = new ArrayList<>();

  EventSpeaker(HttpSpeaker http, HttpSpeaker.Response response) {
    this.wire = http.wire();
    this.response = response;
  }

  /// The head of the response that never ends.
  public HttpSpeaker.Response response() {
    return response;
  }

  /// The id of the last event, as a browser would send it in `Last-Event-ID`; `""` for none.
  public String lastId() {
    return ids.isEmpty() ? "" : ids.getLast();
  }

  /// Every id so far.
  public List<String> ids() {
    return ids;
  }

  /// Every `retry` so far, in milliseconds.
  public List<Integer> retries() {
    return retries;
  }

  /// Reads on until the next id.
  public String nextId() {
    int before = ids.size();
    while (ids.size() == before) {
      field(wire.line());
    }
    return lastId();
  }

  @Override
  protected Unit hear() {
    String data = field(wire.line());
    while (data.isEmpty()) {
      data = field(wire.line());
    }
    assertThat(wire.line()).as("an event is one line of data").isEmpty();
    return new Unit(data);
  }

  /// Takes in a line; answers what it says of `data`.
  private String field(String line) {
    assertThat(line)
        .as("a browser takes a carriage return for the end of a line")
        .doesNotContain("\r");
    if (line.startsWith("id: ")) {
      ids.add(line.substring(4));
    } else if (line.startsWith("retry: ")) {
      retries.add(Integer.valueOf(line.substring(7)));
    } else if (line.startsWith("data: ")) {
      return line.substring(6);
    } else {
      assertThat(line).matches("|:.*");
    }
    return "";
  }

  /// Nothing more comes but ids, and then the end.
  public void assertEnds() {
    for (String line : new String(wire.readToEnd(), StandardCharsets.UTF_8).lines().toList()) {
      assertThat(field(line)).isEmpty();
    }
  }

  @Override
  protected void assertEnded(int code) {
    assertEnds();
    if (code >= 4500) {
      assertThat(lastId()).isEqualTo("stop");
    } else {
      assertThat(lastId()).isNotEqualTo("stop");
    }
  }

  @Override
  public void say(String units) {
    throw new AssertionError("who hears events has nothing to say");
  }

  @Override
  public void say(byte[] units) {
    say("");
  }

  @Override
  public Wire wire() {
    return wire;
  }
}
