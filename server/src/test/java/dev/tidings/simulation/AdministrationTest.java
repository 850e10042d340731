package dev.tidings.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Caps;
import dev.tidings.auth.Identity;
import dev.tidings.auth.Identity.TokenMark;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What the operator says of users, tokens and connections, on whichever lane they are.
class AdministrationTest {
  private static final Caps NO_ADMIN =
      new Caps(List.of("*"), List.of("*"), List.of("*"), List.of("send"));

  /// However far he has come in when it is said: he is out, and stays out over restarts.
  @Test
  void whoIsBlockedIsOutWhereverHeIs() {
    Simulation.story(
        100,
        sim -> {
          Terminal operator = sim.terminal("operator").joinsAs("server");
          Terminal phone = sim.terminal("phone").joinsAs("mallory");
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          sim.settle();
          Terminal desk = sim.terminal("desk").joinsAs("mallory");
          sim.steps(sim.random().nextInt(12));
          operator.says("{'op':'admin','do':'block','user':'mallory','id':1}");
          sim.steps(sim.random().nextInt(12));
          Terminal late = sim.terminal("late").joinsAs("mallory");
          sim.settle();
          assertThat(operator.answer(1).path("blocked").asBoolean()).isTrue();
          for (Terminal each : List.of(phone, desk, late)) {
            assertThat(each.closeCode()).as(each.heard().toString()).hasValue(4504);
            assertThat(Json.text(each.last(), "code")).isEqualTo("kicked");
          }
          assertThat(bob.isOver()).isFalse();
          sim.restarts();
          Terminal again = sim.terminal("again").joinsAs("mallory");
          sim.settle();
          assertThat(again.closeCode()).hasValue(4504);
          assertThat(Json.text(again.heard("err").getFirst(), "code")).isEqualTo("forbidden");
          operator = sim.terminal("operator again").joinsAs("server");
          operator.says("{'op':'send','as':'mallory','to':'u:bob','data':1,'id':1}");
          operator.says("{'op':'admin','do':'unblock','user':'mallory','id':2}");
          sim.settle();
          assertThat(Json.text(operator.answer(1), "code")).isEqualTo("forbidden");
          Terminal free = sim.terminal("free").joinsAs("mallory");
          sim.settle();
          assertThat(free.heard("welcome")).hasSize(1);
        });
  }

  /// The commit that blocks him is under way while he comes in, and its author is gone by then.
  @Test
  void aBlockHoldsAlsoWhenItsAuthorHasGone() {
    Simulation.story(
        60,
        sim -> {
          Terminal operator = sim.terminal("operator").joinsAs("server");
          Terminal mallory = sim.terminal("mallory").joinsAs("mallory");
          sim.settle();
          sim.storeStalls();
          operator.says("{'op':'admin','do':'block','user':'mallory','id':1}");
          sim.settle();
          operator.socket().cut();
          sim.steps(sim.random().nextInt(4));
          sim.storeGoesOn();
          sim.settle();
          assertThat(mallory.closeCode()).hasValue(4504);
        });
  }

  @Test
  void whoIsMutedMayDoAllButSend() {
    Simulation.story(sim -> {
      sim.issue("key", token("server", true, Caps.ALL, "", 0));
      Terminal operator = sim.terminal("operator").joinsAs("server");
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      sim.settle();
      operator.says("{'op':'admin','do':'mute','user':'ann','id':1}");
      sim.settle();
      ann.says(
          "{'op':'send','to':'u:bob','data':1,'id':1}\n"
              + "{'op':'send','to':'t:free','data':1,'id':2}");
      ann.says("{'op':'sync','id':3}\n{'op':'sub','in':'t:free','id':4}");
      bob.says("{'op':'send','to':'u:ann','data':'hi'}");
      SimulatedPost post =
          SimulatedPost.of(sim, "key", "{'op':'send','to':'u:bob','as':'ann','data':1}");
      sim.settle();
      assertThat(code(ann.answer(1))).isEqualTo("forbidden");
      assertThat(code(ann.answer(2))).isEqualTo("forbidden");
      assertThat(code(ann.answer(3))).isEqualTo("ok");
      assertThat(code(ann.answer(4))).isEqualTo("ok");
      assertThat(ann.heard("msg")).hasSize(1);
      assertThat(code(post.answers().getFirst())).isEqualTo("forbidden");
      operator.says("{'op':'admin','do':'unmute','user':'ann','id':2}");
      sim.settle();
      ann.says("{'op':'send','to':'u:bob','data':1,'id':5}");
      sim.settle();
      assertThat(code(ann.answer(5))).isEqualTo("ok");
    });
  }

  @Test
  void oneDeviceOrOneConnectionIsKicked() {
    Simulation.story(sim -> {
      Terminal operator = sim.terminal("operator").joinsAs("server");
      Terminal phone = with(sim, "phone");
      Terminal desk = with(sim, "desk");
      Terminal tablet = with(sim, "tablet");
      sim.settle();
      operator.says("{'op':'admin','do':'kick','user':'bob','device':'phone','id':1}");
      String conn = Json.text(desk.heard("welcome").getFirst(), "conn");
      operator.says("{'op':'admin','do':'kick','conn':'" + conn + "','id':2}");
      operator.says("{'op':'admin','do':'kick','conn':'n1-0-nobody','id':3}");
      sim.settle();
      assertThat(phone.closeCode()).hasValue(4504);
      assertThat(desk.closeCode()).hasValue(4504);
      assertThat(tablet.isOver()).isFalse();
      assertThat(operator.answer(1).path("closed").asInt()).isEqualTo(1);
      assertThat(operator.answer(2).path("closed").asInt()).isEqualTo(1);
      assertThat(operator.answer(3).path("closed").asInt()).isZero();
      Terminal back = with(sim, "phone");
      sim.settle();
      assertThat(back.heard("welcome")).hasSize(1);
      operator.says("{'op':'admin','do':'kick','user':'bob','id':4}");
      sim.settle();
      assertThat(operator.answer(4).path("closed").asInt()).isEqualTo(2);
    });
  }

  private static Terminal with(Simulation sim, String device) {
    return sim.terminal(device)
        .opens()
        .says("{'op':'auth','user':'bob','device':'" + device + "'}");
  }

  @Test
  void revokedTokensAreWorthNothing() {
    Simulation.story(sim -> {
      long now = sim.nowMillis();
      sim.issue("old", token("bob", false, Caps.DEFAULT, "", now - 10_000));
      sim.issue("nameless", token("bob", false, Caps.DEFAULT, "", 0));
      sim.issue("new", token("bob", false, Caps.DEFAULT, "", now + 10_000));
      sim.issue("of ann", token("ann", false, Caps.DEFAULT, "a1", now - 10_000));
      Terminal operator = sim.terminal("operator").joinsAs("server");
      Terminal old = sim.terminal("old").opensWithToken("old");
      Terminal fresh = sim.terminal("new").opensWithToken("new");
      Terminal ann = sim.terminal("ann").opensWithToken("of ann");
      sim.settle();
      operator.says("{'op':'admin','do':'revoke','user':'bob','id':1}");
      sim.settle();
      assertThat(old.closeCode()).hasValue(4504);
      assertThat(fresh.isOver()).isFalse();
      assertThat(ann.isOver()).isFalse();
      assertThat(operator.answer(1).path("closed").asInt()).isEqualTo(1);
      operator.says("{'op':'admin','do':'revoke','jti':'a1','id':2}");
      sim.settle();
      assertThat(ann.closeCode()).hasValue(4504);
      sim.restarts();
      for (String token : List.of("old", "nameless", "of ann")) {
        Terminal again = sim.terminal("with " + token).opensWithToken(token);
        sim.settle();
        assertThat(again.closeCode()).as(token).hasValue(4500);
        assertThat(SimulatedPost.of(sim, token, "{'op':'ping'}"))
            .satisfies(post -> {
              sim.settle();
              assertThat(post.isRefused()).isTrue();
            });
      }
      Terminal back = sim.terminal("back").opensWithToken("new");
      sim.settle();
      assertThat(back.heard("welcome")).hasSize(1);
    });
  }

  /// A connection goes on under a new token and is not ended with the old one.
  @Test
  void aRenewedConnectionOutlivesItsFirstToken() {
    Simulation.story(sim -> {
      sim.issue("first", token("bob", false, Caps.DEFAULT, "1", 1));
      sim.issue("second", token("bob", false, NO_ADMIN, "2", 2));
      Terminal operator = sim.terminal("operator").joinsAs("server");
      Terminal bob = sim.terminal("bob").opensWithToken("first");
      sim.settle();
      bob.says("{'op':'sync','id':1}\n{'op':'auth','token':'second','id':2}\n{'op':'sync','id':3}");
      operator.says("{'op':'admin','do':'revoke','jti':'1','id':1}");
      sim.settle();
      if (bob.isOver()) {
        return; // revoked before it was renewed
      }
      assertThat(code(bob.answer(1))).isEqualTo("ok");
      assertThat(code(bob.answer(2))).isEqualTo("welcome");
      assertThat(code(bob.answer(3))).as("the new token's caps").isEqualTo("forbidden");
      bob.says("{'op':'auth','token':'first','id':4}");
      sim.settle();
      assertThat(bob.closeCode()).hasValue(4500);
    });
  }

  @Test
  void whatARenewedTokenDoesNotAllowIsHeardNoMore() {
    Simulation.story(sim -> {
      Caps news = new Caps(List.of("*"), List.of("t:free", "p:bob"), List.of("*"));
      sim.issue("first", token("bob", false, Caps.DEFAULT, "1", 1));
      sim.issue("second", token("bob", false, news, "2", 2));
      Terminal bob = sim.terminal("bob").opensWithToken("first");
      ModelClient ann = sim.client("ann").connects();
      sim.settle();
      ann.creates("g:ops", "bob");
      sim.settle();
      bob.says("{'op':'sub','in':'t:free'}\n{'op':'sub','in':'t:kept.a'}");
      bob.says("{'op':'sub','in':'p:g:ops'}\n{'op':'sub','in':'p:bob'}");
      sim.settle();
      bob.says("{'op':'auth','token':'second','id':2}");
      sim.settle();
      bob.forgets();
      ann.sends("t:free", "yes");
      ann.sends("t:kept.a", "no");
      ann.adds("g:ops", "cat");
      sim.client("cat").connects();
      sim.client("bob", "desk").connects();
      sim.settle();
      assertThat(bob.heard("presence")).isEmpty();
      assertThat(bob.heard("msg").stream().map(unit -> Json.text(unit, "in")))
          .containsExactlyInAnyOrder("t:free", "g:ops");
    });
  }

  @Test
  void whatWasSaidIsListedPageByPage() {
    Simulation.story(
        3,
        sim -> {
          Terminal operator = sim.terminal("operator").joinsAs("server");
          sim.settle();
          for (int i = 0; i < 250; i++) {
            operator.says("{'op':'admin','do':'mute','user':'u" + (1_000 + i) + "'}");
          }
          operator.says("{'op':'admin','do':'block','user':'server','id':1}");
          operator.says("{'op':'admin','do':'revoke','jti':'a'}");
          operator.says("{'op':'admin','do':'unmute','user':'u1000'}");
          sim.settle();
          assertThat(code(operator.answer(1))).as("oneself").isEqualTo("forbidden");
          operator.says("{'op':'admin','do':'list','id':2}");
          sim.settle();
          JsonNode first = operator.answer(2);
          assertThat(first.path("users")).hasSize(200);
          operator.says(
              "{'op':'admin','do':'list','id':3,'next':'" + Json.text(first, "next") + "'}");
          sim.settle();
          JsonNode second = operator.answer(3);
          assertThat(second.path("users")).hasSize(49);
          assertThat(Json.texts(second, "tokens")).containsExactly("a");
          assertThat(second.has("next")).isFalse();
        });
  }

  /// In the midst of what he and the others do: he is out, others see no hole, nothing of his is
  /// read any more, and his name begins anew.
  @Test
  void whoIsErasedIsOutAndOthersSeeNoHole() {
    Simulation.story(
        60,
        sim -> {
          Terminal operator = sim.terminal("operator").joinsAs("server");
          Terminal phone = sim.terminal("phone").joinsAs("ann");
          Terminal bob = sim.terminal("bob").joinsAs("bob");
          sim.settle();
          phone.says("{'op':'group','do':'create','in':'g:ops','members':['cat','bob']}");
          sim.settle();
          Terminal desk = sim.terminal("desk").joinsAs("ann");
          for (int i = 0; i < 5; i++) {
            phone.says("{'op':'send','to':'g:ops','data':'secret'}");
            phone.says("{'op':'send','to':'u:bob','data':'secret'}");
            bob.says("{'op':'send','to':'g:ops','data':'stays'}");
          }
          sim.steps(sim.random().nextInt(30));
          operator.says("{'op':'admin','do':'erase','user':'ann','id':1}");
          sim.steps(sim.random().nextInt(30));
          bob.says("{'op':'send','to':'g:ops','data':'stays'}");
          sim.settle();
          assertThat(code(operator.answer(1))).isEqualTo("ok");
          for (Terminal each : List.of(phone, desk)) {
            assertThat(each.closeCode()).as(each.heard().toString()).hasValue(4504);
          }
          assertThat(operator.answer(1).path("closed").asInt()).isEqualTo(2);
          assertRisesWithoutHole(bob, "g:ops");
          assertRisesWithoutHole(bob, "u:ann");
          assertThat(bob.heard("msg").stream().map(unit -> Json.text(unit, "kind")))
              .containsSubsequence("join", "info", "leave");

          Terminal cat = sim.terminal("cat").joinsAs("cat");
          sim.passes(10_000);
          operator.says("{'op':'admin','do':'list','id':2}");
          cat.says("{'op':'history','in':'g:ops','after':0,'limit':200,'id':1}");
          bob.says("{'op':'history','in':'u:ann','after':0,'limit':200,'id':1}");
          Terminal again = sim.terminal("again").joinsAs("ann");
          again.says("{'op':'sync','id':1}");
          sim.settle();
          assertThat(operator.answer(2).has("erasing")).isFalse();
          assertThat(again.heard("welcome")).hasSize(1);
          assertThat(again.answer(1).path("convs"))
              .allSatisfy(row -> assertThat(Json.text(row, "in")).isEqualTo("a:all"));
          for (JsonNode read : List.of(cat.answer(1), bob.answer(1))) {
            assertThat(read.toString()).doesNotContain("secret");
            long seq = 0;
            for (JsonNode item : read.path("items")) {
              assertThat(item.path("seq").asLong()).isEqualTo(++seq);
              if (Json.text(item, "from").equals("ann") && !item.has("kind")) {
                assertThat(Json.text(item, "void")).isEqualTo("erase");
              }
            }
          }
        });
  }

  private static void assertRisesWithoutHole(Terminal reader, String in) {
    List<Long> seqs =
        reader.heard("msg").stream()
            .filter(unit -> Json.text(unit, "in").equals(in))
            .map(unit -> unit.path("seq").asLong())
            .toList();
    for (int i = 0; i < seqs.size(); i++) {
      assertThat(seqs.get(i)).as(in + seqs).isEqualTo(i + 1);
    }
  }

  @Test
  void nobodyErasesHimself() {
    Simulation.story(sim -> {
      Terminal operator = sim.terminal("operator").joinsAs("server");
      sim.settle();
      operator.says("{'op':'admin','do':'erase','user':'server','id':1}");
      sim.settle();
      assertThat(code(operator.answer(1))).isEqualTo("forbidden");
      assertThat(operator.isOver()).isFalse();
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'do':'list'",
        "'do':'block','user':'bob'",
        "'do':'unmute','user':'bob'",
        "'do':'kick','user':'bob'",
        "'do':'kick','conn':'n1-0-1'",
        "'do':'revoke','user':'bob'",
        "'do':'revoke','jti':'x'",
        "'do':'erase','user':'bob'",
        "'do':'channel','in':'a:staff','filter':'role:x'",
        "'do':'remove','in':'a:staff'",
        "'do':'channels'",
      })
  void onlyABackendMayAskThat(String fields) {
    Simulation.story(sim -> {
      sim.issue("narrow", token("server", true, NO_ADMIN, "", 1));
      Terminal bob = sim.terminal("bob").joinsAs("bob");
      Terminal ann = sim.terminal("ann").joinsAs("ann");
      Terminal narrow = sim.terminal("narrow").opensWithToken("narrow");
      sim.settle();
      ann.says("{'op':'admin','id':1," + fields + "}");
      narrow.says("{'op':'admin','id':1," + fields + "}");
      sim.settle();
      assertThat(code(ann.answer(1))).isEqualTo("forbidden");
      assertThat(code(narrow.answer(1))).isEqualTo("forbidden");
      assertThat(bob.isOver()).isFalse();
    });
  }

  private static String code(JsonNode answer) {
    String op = Json.text(answer, "op");
    return op.equals("err") ? Json.text(answer, "code") : op;
  }

  private static Identity token(
      String user, boolean service, Caps caps, String id, long issuedMillis) {
    return new Identity(
        user,
        service,
        caps,
        OptionalLong.of(Long.MAX_VALUE / 2),
        Map.of(),
        new TokenMark(id, issuedMillis));
  }
}
