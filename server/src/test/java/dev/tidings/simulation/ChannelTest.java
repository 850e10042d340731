package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import dev.tidings.auth.LabelFilter;
import dev.tidings.conversation.Channel;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Announcement channels for those whose labels fit.
class ChannelTest {
  private static final Channel STAFF =
      new Channel("staff", new LabelFilter(Map.of("role", List.of("staff", "boss"))));
  private static final Channel BETA =
      new Channel("beta", new LabelFilter(Map.of("version", List.of("3.*"))));

  private static Simulation withChannels(Simulation sim) {
    return sim.with(sim.settings().withChannels(List.of(STAFF, BETA)));
  }

  private static Terminal joins(Simulation sim, String user, String labels) {
    return sim.terminal(user)
        .opens()
        .says("{'op':'auth','user':'" + user + "','labels':" + labels + "}");
  }

  private static List<String> heard(Terminal terminal, String in) {
    return terminal.heard("msg").stream()
        .filter(unit -> Json.text(unit, "in").equals(in))
        .map(unit -> Json.text(unit, "data"))
        .toList();
  }

  private static List<String> rows(JsonNode sync) {
    return sync.path("convs").valueStream().map(row -> Json.text(row, "in")).sorted().toList();
  }

  @Test
  void anAnnouncementReachesThoseWhoseLabelsFit() {
    Simulation.story(sim -> {
      withChannels(sim);
      Terminal ann = joins(sim, "ann", "{'role':'staff'}");
      Terminal bob = joins(sim, "bob", "{'role':'guest','version':'3.1'}");
      Terminal cat = sim.terminal("cat").joinsAs("cat");
      ModelClient server = sim.client("server").connects();
      sim.settle();
      server.sends("a:staff", "to staff");
      server.sends("a:beta", "to testers");
      server.sends("a:all", "to all");
      sim.settle();
      assertThat(heard(ann, "a:staff")).containsExactly("to staff");
      assertThat(heard(ann, "a:beta")).isEmpty();
      assertThat(heard(bob, "a:beta")).containsExactly("to testers");
      assertThat(heard(bob, "a:staff")).isEmpty();
      assertThat(heard(cat, "a:staff")).isEmpty();
      assertThat(heard(cat, "a:all")).containsExactly("to all");
    });
  }

  @Test
  void whoWasAwayFindsItBySync() {
    Simulation.story(sim -> {
      withChannels(sim);
      Terminal ann = joins(sim, "ann", "{'role':'staff'}");
      sim.settle();
      ann.socket().cut();
      ModelClient server = sim.client("server").connects();
      sim.settle();
      server.sends("a:staff", "one");
      server.sends("a:staff", "two");
      sim.settle();
      Terminal back = joins(sim, "ann", "{'role':'boss'}").says("{'op':'sync','id':1,'tail':5}");
      sim.settle();
      assertThat(rows(back.answer(1))).containsExactly("a:all", "a:staff");
      JsonNode row = back.answer(1).path("convs").get(0);
      assertThat(Json.text(row, "in")).isEqualTo("a:staff");
      assertThat(Json.number(row, "low")).isEqualTo(1);
      assertThat(Json.number(row, "head")).isEqualTo(2);
      assertThat(row.path("tail").valueStream().map(entry -> Json.text(entry, "data")))
          .containsExactly("one", "two");
    });
  }

  @Test
  void aChannelThatIsNotMineLooksLikeNone() {
    Simulation.story(sim -> {
      withChannels(sim);
      ModelClient server = sim.client("server").connects();
      sim.settle();
      server.sends("a:staff", "one");
      sim.settle();
      Terminal bob =
          sim.terminal("bob")
              .joinsAs("bob")
              .says("{'op':'history','id':1,'in':'a:staff'}")
              .says("{'op':'history','id':2,'in':'a:none'}")
              .says("{'op':'send','id':3,'to':'a:staff','data':1}")
              .says("{'op':'send','id':4,'to':'a:none','data':1}")
              .says("{'op':'sync','id':5}");
      sim.settle();
      assertThat(Json.text(bob.answer(1), "code")).isEqualTo("not_found");
      assertThat(Json.text(bob.answer(1), "msg")).isEqualTo(Json.text(bob.answer(2), "msg"));
      assertThat(Json.text(bob.answer(3), "code")).isEqualTo("forbidden");
      assertThat(Json.text(bob.answer(4), "code")).isEqualTo("forbidden");
      assertThat(rows(bob.answer(5))).containsExactly("a:all");
      Terminal backend =
          sim.terminal("server")
              .joinsAs("server")
              .says("{'op':'send','id':1,'to':'a:none','data':1}");
      sim.settle();
      assertThat(Json.text(backend.answer(1), "code")).isEqualTo("not_found");
    });
  }

  /// A label that one lost is lost for what is kept, too; one that came back finds the log again.
  @Test
  void labelsOfThePresentTokenDecide() {
    Simulation.story(sim -> {
      withChannels(sim);
      ModelClient server = sim.client("server").connects();
      joins(sim, "ann", "{'role':'staff'}");
      sim.settle();
      server.sends("a:staff", "one");
      sim.settle();
      Terminal without =
          joins(sim, "ann", "{'role':'guest'}")
              .says("{'op':'sync','id':1}")
              .says("{'op':'history','id':2,'in':'a:staff'}");
      sim.settle();
      assertThat(rows(without.answer(1))).containsExactly("a:all");
      assertThat(Json.text(without.answer(2), "code")).isEqualTo("not_found");
      server.sends("a:staff", "two");
      sim.settle();
      assertThat(heard(without, "a:staff")).isEmpty();
      Terminal again =
          joins(sim, "ann", "{'role':'staff'}").says("{'op':'history','id':1,'in':'a:staff'}");
      sim.settle();
      assertThat(again.answer(1).path("items").valueStream().map(e -> Json.text(e, "data")))
          .containsExactly("one", "two");
    });
  }

  @Test
  void aRenewedTokenWithOtherChannelsSendsOneBack() {
    Simulation.story(sim -> {
      withChannels(sim);
      issue(sim, "guest", Map.of("version", "2.0"));
      issue(sim, "same", Map.of("version", "2.1"));
      issue(sim, "tester", Map.of("version", "3.0"));
      Terminal ann = sim.terminal("ann").opens().says("{'op':'auth','token':'guest'}");
      sim.settle();
      ann.says("{'op':'auth','id':1,'token':'same'}");
      sim.settle();
      assertThat(ann.isOver()).isFalse();
      ann.says("{'op':'auth','id':2,'token':'tester'}");
      sim.settle();
      assertThat(Json.text(ann.answer(2), "op")).isEqualTo("welcome");
      assertThat(ann.closeCode()).hasValue(4004);
    });
  }

  private static void issue(Simulation sim, String token, Map<String, String> labels) {
    sim.issue(token, new Identity("ann", false, Caps.DEFAULT, OptionalLong.empty(), labels));
  }

  @Test
  void slowReaderOfAChannelCatchesUpFromTheLog() {
    Simulation.story(sim -> {
      withChannels(sim);
      Terminal ann = joins(sim, "ann", "{'role':'staff'}");
      ModelClient server = sim.client("server").connects();
      sim.settle();
      ann.socket().takeOnly(0);
      for (int i = 0; i < 50; i++) {
        server.sends("a:staff", i + "x".repeat(3_000));
        sim.steps(10);
      }
      sim.settle();
      ann.socket().takeAll();
      sim.settle();
      assertThat(heard(ann, "a:staff")).hasSize(50);
    });
  }
}
