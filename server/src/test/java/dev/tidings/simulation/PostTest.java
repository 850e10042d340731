package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Requests that come without a connection.
class PostTest {
  private static final Identity BACKEND =
      new Identity("backend", true, Caps.ALL, OptionalLong.empty());

  @Test
  void everyRequestIsAnsweredInOrder() {
    Simulation.story(
        40,
        sim -> {
          sim.issue("key", BACKEND);
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          SimulatedPost post =
              SimulatedPost.of(
                  sim,
                  "key",
                  """
                  {'op':'send','to':'u:ann','data':'one','id':1}
                  {'op':'sync','id':2}
                  {
                  {'op':'nonsense','id':3}
                  {'op':'send','to':'u:ann','as':'bob','data':'two','id':4}
                  {'op':'pong'}
                  {'op':'ping','id':5}
                  {'op':'auth','token':'key','id':6}
                  {'op':'sub','in':'t:free','id':7}
                  {'op':'history','in':'u:ann','id':8}\
                  """);
          sim.settle();
          assertThat(post.isOver()).isTrue();
          assertThat(post.answers().stream().map(PostTest::inWords))
              .containsExactly(
                  "1 ok",
                  "2 ok",
                  "err bad_json",
                  "3 err unknown_op",
                  "4 ok",
                  "5 pong",
                  "6 err bad_request",
                  "7 err bad_request",
                  "8 ok");
          assertThat(post.answers().getLast().path("items")).hasSize(1);
          assertThat(ann.texts("u:backend")).containsExactly("one");
          assertThat(ann.texts("u:bob")).containsExactly("two");
          assertThat(sim.online().isOn("backend")).isFalse();
        });
  }

  @Test
  void moreThanMayBeInFlightIsTakenBitByBit() {
    Simulation.story(sim -> {
      sim.issue("key", BACKEND);
      SimulatedPost post = SimulatedPost.of(sim, "key", sends(300));
      sim.settle();
      assertThat(post.isOver()).isTrue();
      List<Long> seqs = post.answers().stream().map(ok -> Json.number(ok, "seq")).toList();
      assertThat(seqs).hasSize(300).isSorted().doesNotHaveDuplicates();
    });
  }

  @Test
  void whatWasAcceptedIsKeptThoughNobodyWaits() {
    Simulation.story(
        40,
        sim -> {
          sim.issue("key", BACKEND);
          ModelClient ann = sim.client("ann").connects();
          sim.settle();
          SimulatedPost post = SimulatedPost.of(sim, "key", sends(5));
          sim.steps(sim.random().nextInt(6));
          post.abandon();
          sim.settle();
          List<String> all = IntStream.range(0, 5).mapToObj(i -> "m" + i).toList();
          assertThat(ann.texts("u:backend")).isIn(all, List.of());
        });
  }

  @Test
  void aTokenThatIsNotBelievedIsRefused() {
    Simulation.story(
        3,
        sim -> {
          SimulatedPost post = SimulatedPost.of(sim, "made up", sends(1));
          sim.settle();
          assertThat(post.isRefused()).isTrue();
          assertThat(post.answers()).isEmpty();
        });
  }

  private static String sends(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{'op':'send','to':'u:ann','data':'m" + i + "'}")
        .collect(Collectors.joining("\n"));
  }

  private static String inWords(JsonNode answer) {
    String id = answer.has("id") ? answer.path("id") + " " : "";
    String code = answer.has("code") ? " " + Json.text(answer, "code") : "";
    return id + Json.text(answer, "op") + code;
  }
}
