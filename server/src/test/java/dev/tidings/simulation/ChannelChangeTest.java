package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.LabelFilter;
import dev.tidings.conversation.Channel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Announcement channels that the operator defines, changes and removes while some are online.
class ChannelChangeTest {
  private static Terminal joins(Simulation sim, String user, String role) {
    return sim.terminal(user)
        .opens()
        .says("{'op':'auth','user':'" + user + "','labels':{'role':'" + role + "'}}");
  }

  private static Terminal operator(Simulation sim) {
    Terminal operator = sim.terminal("operator").joinsAs("server");
    sim.settle();
    return operator;
  }

  private static void defines(Terminal operator, String filter) {
    operator.says("{'op':'admin','do':'channel','in':'a:staff','filter':'" + filter + "'}");
  }

  private static void removes(Terminal operator) {
    operator.says("{'op':'admin','do':'remove','in':'a:staff'}");
  }

  private static void announces(Terminal operator, String text) {
    operator.says("{'op':'send','to':'a:staff','data':'" + text + "'}");
  }

  private static List<String> heard(Terminal terminal) {
    return of(terminal, "msg").stream().map(unit -> Json.text(unit, "data")).toList();
  }

  private static List<JsonNode> of(Terminal terminal, String op) {
    return terminal.heard(op).stream()
        .filter(unit -> Json.text(unit, "in").equals("a:staff"))
        .toList();
  }

  private static List<String> items(JsonNode history) {
    return history.path("items").valueStream().map(entry -> Json.text(entry, "data")).toList();
  }

  private static List<String> rows(JsonNode sync) {
    return sync.path("convs").valueStream().map(row -> Json.text(row, "in")).sorted().toList();
  }

  private static String code(JsonNode answer) {
    String op = Json.text(answer, "op");
    return op.equals("err") ? Json.text(answer, "code") : op;
  }

  @Test
  void whoFitsReadsFromThenOnAndOverRestarts() {
    Simulation.story(sim -> {
      Terminal operator = operator(sim);
      Terminal ann = joins(sim, "ann", "staff");
      Terminal bob = joins(sim, "bob", "guest");
      sim.settle();
      operator.says(
          "{'op':'admin','id':1,'do':'channel','in':'a:staff','filter':'role:staff|boss'}");
      sim.settle();
      assertThat(Json.text(operator.answer(1), "filter")).isEqualTo("role:staff|boss");
      announces(operator, "one");
      sim.settle();
      JsonNode gap = of(ann, "gap").getFirst();
      assertThat(Json.number(gap, "after")).isZero();
      assertThat(Json.number(gap, "head")).isZero();
      assertThat(heard(ann)).containsExactly("one");
      assertThat(of(bob, "gap")).isEmpty();
      assertThat(heard(bob)).isEmpty();
      sim.restarts();
      Terminal again = joins(sim, "ann", "boss").says("{'op':'sync','id':1}");
      Terminal server = operator(sim);
      announces(server, "two");
      sim.settle();
      assertThat(rows(again.answer(1))).containsExactly("a:all", "a:staff");
      assertThat(heard(again)).containsExactly("two");
      assertThat(of(again, "gap")).isEmpty();
    });
  }

  /// Whatever is announced while it is defined: what comes live begins where the gap says.
  @Test
  void nothingFallsBetweenTheGapAndWhatComesLive() {
    Simulation.story(
        200,
        sim -> {
          Terminal operator = operator(sim);
          Terminal ann = joins(sim, "ann", "staff");
          Terminal phone = joins(sim, "ann", "staff");
          Terminal bob = joins(sim, "bob", "staff");
          defines(operator, "role:boss");
          sim.settle();
          int before = sim.random().nextInt(4);
          for (int i = 1; i <= 6; i++) {
            if (i == before + 1) {
              defines(operator, "role:staff");
            }
            announces(operator, "n" + i);
            sim.steps(sim.random().nextInt(8));
          }
          sim.settle();
          for (Terminal each : List.of(ann, phone, bob)) {
            assertThat(of(each, "gap")).hasSize(1);
            JsonNode gap = of(each, "gap").getFirst();
            long after = Json.number(gap, "after");
            assertThat(after)
                .as("a word of the operator may overtake what was sent before")
                .isBetween(0L, Math.max(0L, before - 1L));
            long head = Json.number(gap, "head");
            assertThat(of(each, "msg").stream().map(unit -> Json.number(unit, "seq")))
                .containsExactlyElementsOf(LongStream.rangeClosed(head + 1, 6).boxed().toList());
            each.says("{'op':'history','id':9,'in':'a:staff','after':0}");
            sim.settle();
            assertThat(items(each.answer(9)))
                .containsExactlyElementsOf(
                    LongStream.rangeClosed(after + 1, 6).mapToObj(seq -> "n" + seq).toList());
          }
        });
  }

  @Test
  void whoFitsNoMoreStopsAndFindsItAgainAsItWas() {
    Simulation.story(
        60,
        sim -> {
          Terminal operator = operator(sim);
          Terminal ann = joins(sim, "ann", "staff");
          Terminal bob = joins(sim, "bob", "guest");
          sim.settle();
          defines(operator, "role:staff");
          sim.settle();
          announces(operator, "one");
          defines(operator, "role:guest");
          sim.settle();
          announces(operator, "two");
          sim.settle();
          assertThat(heard(ann)).containsExactly("one");
          assertThat(of(ann, "gap").getLast().path("gone").asBoolean()).isTrue();
          assertThat(heard(bob)).containsExactly("two");
          assertThat(Json.number(of(bob, "gap").getFirst(), "after")).isZero();
          ann.says("{'op':'history','id':1,'in':'a:staff'}")
              .says("{'op':'history','id':2,'in':'a:none'}")
              .says("{'op':'mark','id':3,'in':'a:staff','read':2}")
              .says("{'op':'pref','id':4,'in':'a:staff','mute':true}")
              .says("{'op':'sync','id':5}");
          sim.settle();
          assertThat(code(ann.answer(1))).isEqualTo("not_found");
          assertThat(Json.text(ann.answer(1), "msg")).isEqualTo(Json.text(ann.answer(2), "msg"));
          assertThat(code(ann.answer(3))).isEqualTo("not_found");
          assertThat(code(ann.answer(4))).isEqualTo("not_found");
          assertThat(rows(ann.answer(5))).containsExactly("a:all");
          defines(operator, "role:*");
          sim.settle();
          assertThat(Json.number(of(ann, "gap").getLast(), "head")).isEqualTo(2);
          assertThat(of(bob, "gap")).hasSize(1);
          announces(operator, "three");
          ann.says("{'op':'history','id':6,'in':'a:staff','after':0}");
          sim.settle();
          assertThat(items(ann.answer(6))).startsWith("one", "two");
          assertThat(heard(ann)).containsExactly("one", "three");
          assertThat(heard(bob)).containsExactly("two", "three");
        });
  }

  @Test
  void aRemovedChannelIsAbsentAndGoesOnWhenItIsDefinedAgain() {
    Simulation.story(sim -> {
      Terminal operator = operator(sim);
      Terminal ann = joins(sim, "ann", "staff");
      sim.settle();
      defines(operator, "role:staff");
      sim.settle();
      announces(operator, "one");
      sim.settle();
      operator.says("{'op':'admin','do':'remove','in':'a:staff','id':1}");
      sim.settle();
      assertThat(code(operator.answer(1))).isEqualTo("ok");
      assertThat(of(ann, "gap").getLast().path("gone").asBoolean()).isTrue();
      operator
          .says("{'op':'send','id':2,'to':'a:staff','data':1}")
          .says("{'op':'history','id':3,'in':'a:staff'}")
          .says("{'op':'edit','id':4,'in':'a:staff','seq':1,'data':2}")
          .says("{'op':'admin','id':5,'do':'remove','in':'a:staff'}")
          .says("{'op':'admin','id':6,'do':'channels'}");
      ann.says("{'op':'history','id':2,'in':'a:staff'}").says("{'op':'sync','id':3}");
      sim.settle();
      for (int id : List.of(2, 3, 4, 5)) {
        assertThat(code(operator.answer(id))).as("%s", operator.answer(id)).isEqualTo("not_found");
      }
      assertThat(operator.answer(6).path("channels")).isEmpty();
      assertThat(code(ann.answer(2))).isEqualTo("not_found");
      assertThat(rows(ann.answer(3))).containsExactly("a:all");
      sim.restarts();
      Terminal server = operator(sim);
      defines(server, "role:staff");
      sim.settle();
      server.says("{'op':'send','id':1,'to':'a:staff','data':'two'}");
      Terminal back =
          joins(sim, "ann", "staff").says("{'op':'history','id':1,'in':'a:staff','after':0}");
      sim.settle();
      assertThat(Json.number(server.answer(1), "seq")).isEqualTo(2);
      assertThat(items(back.answer(1))).startsWith("one");
    });
  }

  /// A random order of words of the operator, of arrivals and of departures: at the end exactly
  /// those read who fit, each connection once.
  @Test
  void whoeverComesAndGoesMeanwhileTheLastWordHolds() {
    Simulation.story(
        300,
        sim -> {
          List<String> filters = List.of("role:staff", "role:guest", "role:*", "role:nobody");
          Terminal operator = operator(sim);
          Map<Terminal, String> present = new LinkedHashMap<>();
          String last = "";
          for (int i = 0; i < 25; i++) {
            switch (sim.random().nextInt(6)) {
              case 0, 1 -> {
                String role = sim.random().nextBoolean() ? "staff" : "guest";
                present.put(joins(sim, "u" + sim.random().nextInt(4), role), role);
              }
              case 2 -> {
                last = filters.get(sim.random().nextInt(filters.size()));
                defines(operator, last);
              }
              case 3 -> {
                last = "";
                removes(operator);
              }
              case 4 -> announces(operator, "early");
              default -> {
                if (!present.isEmpty()) {
                  List<Terminal> all = List.copyOf(present.keySet());
                  Terminal one = all.get(sim.random().nextInt(all.size()));
                  one.socket().cut();
                  present.remove(one);
                }
              }
            }
            sim.steps(sim.random().nextInt(15));
          }
          sim.settle();
          announces(operator, "late");
          sim.settle();
          LabelFilter filter = last.isEmpty() ? LabelFilter.parse("x:y") : LabelFilter.parse(last);
          present.forEach((terminal, role) -> {
            List<String> late = heard(terminal).stream().filter("late"::equals).toList();
            assertThat(late)
                .as(role + " of " + filter)
                .hasSize(filter.fits(Map.of("role", role)) ? 1 : 0);
            List<Long> seqs = new ArrayList<>();
            of(terminal, "msg").forEach(unit -> seqs.add(Json.number(unit, "seq")));
            assertThat(seqs).isSorted().doesNotHaveDuplicates();
          });
        });
  }

  @Test
  void aSlowReaderWhoFitsNoMoreIsGivenNothingOfItAnyMore() {
    Simulation.story(sim -> {
      Terminal operator = operator(sim);
      Terminal ann = joins(sim, "ann", "staff");
      sim.settle();
      defines(operator, "role:staff");
      sim.settle();
      ann.socket().takeOnly(0);
      for (int i = 0; i < 50; i++) {
        announces(operator, i + "x".repeat(3_000));
        sim.steps(10);
      }
      sim.settle();
      int sent = heard(ann).size();
      removes(operator);
      sim.settle();
      announces(operator, "never");
      ann.socket().takeAll();
      sim.settle();
      assertThat(heard(ann)).hasSizeLessThan(50).hasSizeGreaterThanOrEqualTo(sent);
    });
  }

  @ParameterizedTest
  @CsvSource({
    "a:all,   role:x, forbidden",
    "a:fixed, role:x, forbidden",
    "a:staff, role,   bad_request",
    "a:staff, role:,  bad_request",
    "a:staff, a:b+a:c, bad_request",
  })
  void whatCannotBeSaidIsRefused(String in, String filter, String expected) {
    Simulation.story(sim -> {
      withFixed(sim, "fixed");
      Terminal operator = operator(sim);
      operator.says(
          "{'op':'admin','id':1,'do':'channel','in':'%s','filter':'%s'}".formatted(in, filter));
      operator.says("{'op':'admin','id':2,'do':'remove','in':'" + in + "'}");
      sim.settle();
      assertThat(code(operator.answer(1))).isEqualTo(expected);
      assertThat(code(operator.answer(2)))
          .isEqualTo(expected.equals("forbidden") ? "forbidden" : "not_found");
    });
  }

  private static void withFixed(Simulation sim, String name) {
    Channel fixed = new Channel(name, LabelFilter.parse("role:guest"));
    sim.with(sim.settings().withChannels(List.of(fixed)));
  }

  /// As long as the configuration names a channel, it alone says for whom that is.
  @Test
  void theConfigurationGoesBeforeTheOperator() {
    Simulation.story(sim -> {
      Terminal first = operator(sim);
      defines(first, "role:staff");
      sim.settle();
      withFixed(sim, "staff");
      Terminal second = operator(sim);
      Terminal ann = joins(sim, "ann", "staff");
      Terminal bob = joins(sim, "bob", "guest");
      sim.settle();
      announces(second, "by configuration");
      second.says("{'op':'admin','id':1,'do':'channels'}");
      sim.settle();
      assertThat(second.answer(1).path("channels").toString())
          .isEqualTo("[{\"in\":\"a:staff\",\"filter\":\"role:guest\",\"config\":true}]");
      assertThat(heard(ann)).isEmpty();
      assertThat(heard(bob)).containsExactly("by configuration");
      sim.with(sim.settings().withChannels(List.of()));
      Terminal third = operator(sim);
      third.says("{'op':'admin','id':1,'do':'channels'}");
      sim.settle();
      assertThat(third.answer(1).path("channels").toString())
          .isEqualTo("[{\"in\":\"a:staff\",\"filter\":\"role:staff\"}]");
    });
  }

  @Test
  void channelsAreListedPageByPage() {
    Simulation.story(
        2,
        sim -> {
          Terminal operator = operator(sim);
          for (int i = 0; i < 65; i++) {
            operator.says(
                "{'op':'admin','id':%d,'do':'channel','in':'a:c%d','filter':'x:y'}"
                    .formatted(i, 100 + i));
          }
          sim.settle();
          assertThat(code(operator.answer(63))).isEqualTo("ok");
          assertThat(code(operator.answer(64))).isEqualTo("too_many");
          List<String> names = new ArrayList<>();
          String next = "";
          for (int page = 0; page < 2; page++) {
            operator.says(
                "{'op':'admin','id':%d,'do':'channels','next':'%s'}".formatted(100 + page, next));
            sim.settle();
            JsonNode answer = operator.answer(100 + page);
            answer.path("channels").forEach(each -> names.add(Json.text(each, "in")));
            next = Json.text(answer, "next");
          }
          assertThat(next).isEmpty();
          assertThat(names).hasSize(64).isSorted().doesNotHaveDuplicates();
        });
  }
}
