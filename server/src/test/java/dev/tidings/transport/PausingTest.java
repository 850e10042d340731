package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The server stops taking requests when it has enough of them, and takes up again exactly where it
/// stopped: in the midst of a segment or of a frame.
class PausingTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.withoutRateLimits();

  private static final int MANY = 300;

  private static String lines(int count, IntFunction<String> unit) {
    return IntStream.range(0, count).mapToObj(unit).collect(Collectors.joining("\n"));
  }

  @Test
  void moreThanSixtyFourChangesInOnePieceAreAllMadeInOrder() {
    int round = 0;
    for (Speaker alice : List.of(SERVER.line("alice"), SERVER.webSocket("alice"))) {
      String to = "u:friend-" + round++;
      alice.say(
          lines(MANY, i -> "{\"op\":\"send\",\"id\":" + i + ",\"to\":\"" + to + "\",\"data\":1}"));
      List<Unit> oks = alice.next("ok", MANY);
      assertThat(oks).extracting(ok -> ok.number("seq")).containsExactlyElementsOf(upTo(MANY));
      assertThat(oks)
          .extracting(ok -> ok.number("id"))
          .containsExactlyElementsOf(LongStream.range(0, MANY).boxed().toList());
      assertThat(alice.next("msg", MANY))
          .extracting(msg -> msg.number("seq"))
          .containsExactlyElementsOf(upTo(MANY));
    }
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void readsAmongChangesSeeWhatWasSentBefore() {
    int round = 0;
    for (Speaker carol : List.of(SERVER.line("carol"), SERVER.webSocket("carol"))) {
      String dave = "u:dave-" + round++;
      carol.say(
          lines(
              MANY,
              i ->
                  i % 2 == 0
                      ? "{\"op\":\"send\",\"id\":" + i + ",\"to\":\"" + dave + "\",\"data\":1}"
                      : "{\"op\":\"history\",\"id\":" + i + ",\"in\":\"" + dave + "\"}"));
      for (Unit ok : carol.next("ok", MANY)) {
        if (ok.has("head")) {
          assertThat(ok.number("head")).isEqualTo(ok.number("id") / 2 + 1);
        }
      }
    }
  }

  @Test
  void requestsBehindAuthWait() {
    for (Speaker eve : List.of(SERVER.line(), SERVER.webSocket())) {
      eve.say(
          "{\"op\":\"auth\",\"user\":\"eve\"}\n"
              + lines(MANY, i -> "{\"op\":\"ping\",\"id\":" + i + "}"));
      assertThat(eve.next().op()).isEqualTo("welcome");
      for (int i = 0; i < MANY; i++) {
        assertThat(eve.next().number("id")).isEqualTo(i);
      }
    }
  }

  @Test
  void whoDoesNotReadHisAnswersIsAskedNoMoreUntilHeDoes() {
    // Far more answers than sockets and outbox hold: 600 times 30 KB.
    LineSpeaker frank = SERVER.lineOfFewBytes("frank");
    frank.say("{\"op\":\"send\",\"to\":\"u:frank\",\"data\":\"" + "x".repeat(30_000) + "\"}");
    assertThat(frank.next("ok").number("seq")).isEqualTo(1);
    frank.next("msg");
    String asks =
        lines(600, i -> "{\"op\":\"history\",\"id\":" + i + ",\"in\":\"u:frank\",\"limit\":1}");
    frank.say(asks);
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      ids.add(frank.next("ok").number("id"));
    }
    assertThat(ids).containsExactlyElementsOf(LongStream.range(0, 600).boxed().toList());
  }
}
