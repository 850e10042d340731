package dev.tidings.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.protocol.Shapes.Shape;
import dev.tidings.running.Asking;
import dev.tidings.running.Asking.Transport;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who may ask what: every op and every role, in a conversation of one's own, in a foreign one and
/// in one that is not there, over every transport.
///
/// A new op needs a row in one of the two tables.
class RightsTest {
  @RegisterExtension
  static final RunningServer SERVER = RunningServer.withoutRateLimits().withSearch();

  /// In a group that one has to be let into. `absent` is what a stranger hears of a group that does
  /// not exist, word for word what he hears of this one; `no group` what a backend does.
  private static final String GROUP =
      """
      what                | owner     | admin     | member    | mute      | left       | stranger  | backend   | absent    | no group
      send                | ok        | ok        | ok        | forbidden | not_member | not_found | ok        | not_found | not_found
      history             | ok        | ok        | ok        | ok        | ok         | not_found | ok        | not_found | not_found
      search              | ok        | ok        | ok        | ok        | ok         | not_found | ok        | not_found | not_found
      edit                | forbidden | forbidden | forbidden | forbidden | not_member | not_found | forbidden | not_found | not_found
      recall              | ok        | ok        | forbidden | forbidden | not_member | not_found | ok        | not_found | not_found
      signal              | ok        | ok        | ok        | forbidden | not_member | not_found | ok        | not_found | not_found
      mark                | ok        | ok        | ok        | ok        | ok         | not_found | not_found | not_found | not_found
      pref                | ok        | ok        | ok        | ok        | not_member | not_found | not_found | not_found | not_found
      sub                 | ok        | ok        | ok        | ok        | not_member | not_found | ok        | not_found | not_found
      unsub               | ok        | ok        | ok        | ok        | ok         | ok        | ok        | ok        | ok
      group create        | exists    | exists    | exists    | exists    | exists     | exists    | exists    | ok        | ok
      group info          | ok        | ok        | ok        | ok        | not_member | not_found | ok        | not_found | not_found
      group members       | ok        | ok        | ok        | ok        | not_member | not_found | ok        | not_found | not_found
      group join          | ok        | ok        | ok        | ok        | not_member | not_found | not_found | not_found | not_found
      group leave         | forbidden | ok        | ok        | ok        | not_member | not_found | not_found | not_found | not_found
      group add           | ok        | ok        | forbidden | forbidden | not_member | not_found | ok        | not_found | not_found
      group remove        | ok        | ok        | forbidden | forbidden | not_member | not_found | ok        | not_found | not_found
      group set           | ok        | ok        | forbidden | forbidden | not_member | not_found | ok        | not_found | not_found
      group delete        | ok        | forbidden | forbidden | forbidden | not_member | not_found | ok        | not_found | not_found
      """;

  /// What the words of [#GROUP] ask; `G` is the group, `victim` a member.
  private static final Map<String, String> OF_A_GROUP =
      Map.ofEntries(
          Map.entry("send", "{'op':'send','to':'G','data':1}"),
          Map.entry("history", "{'op':'history','in':'G'}"),
          Map.entry("search", "{'op':'search','q':'x','in':'G'}"),
          Map.entry("edit", "{'op':'edit','in':'G','seq':4,'data':1}"),
          Map.entry("recall", "{'op':'recall','in':'G','seq':4}"),
          Map.entry("signal", "{'op':'signal','id':1,'to':'G','data':1}"),
          Map.entry("mark", "{'op':'mark','id':1,'in':'G','read':1}"),
          Map.entry("pref", "{'op':'pref','in':'G','mute':true}"),
          Map.entry("sub", "{'op':'sub','in':'p:G'}"),
          Map.entry("unsub", "{'op':'unsub','in':'p:G'}"),
          Map.entry("group create", "{'op':'group','do':'create','in':'G'}"),
          Map.entry("group info", "{'op':'group','do':'info','in':'G'}"),
          Map.entry("group members", "{'op':'group','do':'members','in':'G'}"),
          Map.entry("group join", "{'op':'group','do':'join','in':'G'}"),
          Map.entry("group leave", "{'op':'group','do':'leave','in':'G'}"),
          Map.entry("group add", "{'op':'group','do':'add','in':'G','who':['newcomer']}"),
          Map.entry("group remove", "{'op':'group','do':'remove','in':'G','who':['victim']}"),
          Map.entry("group set", "{'op':'group','do':'set','in':'G','title':'x'}"),
          Map.entry("group delete", "{'op':'group','do':'delete','in':'G'}"));

  /// By what one has shown. `narrow` is a token whose `caps` allow no op; `muted` by the operator.
  private static final String IDENTITY =
      """
      what          | guest        | user      | narrow    | muted     | backend
      auth          | welcome      | welcome   | welcome   | welcome   | welcome
      send          | unauthorized | ok        | forbidden | forbidden | ok
      edit          | unauthorized | ok        | forbidden | forbidden | ok
      recall        | unauthorized | ok        | forbidden | not_found | ok
      signal        | unauthorized | ok        | forbidden | forbidden | ok
      mark          | unauthorized | ok        | forbidden | ok        | ok
      pref          | unauthorized | ok        | forbidden | ok        | ok
      sub           | unauthorized | ok        | forbidden | ok        | ok
      unsub         | unauthorized | ok        | forbidden | ok        | ok
      history       | unauthorized | ok        | forbidden | ok        | ok
      sync          | unauthorized | ok        | forbidden | ok        | ok
      search        | unauthorized | ok        | forbidden | ok        | ok
      group create  | unauthorized | ok        | forbidden | ok        | ok
      admin list    | unauthorized | forbidden | forbidden | forbidden | ok
      admin block   | unauthorized | forbidden | forbidden | forbidden | ok
      admin unblock | unauthorized | forbidden | forbidden | forbidden | ok
      admin mute    | unauthorized | forbidden | forbidden | forbidden | ok
      admin unmute  | unauthorized | forbidden | forbidden | forbidden | ok
      admin kick    | unauthorized | forbidden | forbidden | forbidden | ok
      admin revoke  | unauthorized | forbidden | forbidden | forbidden | ok
      admin erase   | unauthorized | forbidden | forbidden | forbidden | ok
      admin channel | unauthorized | forbidden | forbidden | forbidden | ok
      admin remove  | unauthorized | forbidden | forbidden | forbidden | ok
      admin channels | unauthorized | forbidden | forbidden | forbidden | ok
      ping          | unauthorized | pong      | pong      | pong      | pong
      """;

  private static final Map<String, String> OF_ANYBODY =
      Map.ofEntries(
          Map.entry("auth", "{'op':'auth','token':'TOKEN'}"),
          Map.entry("send", "{'op':'send','to':'u:zoe-TRANSPORT','data':1}"),
          Map.entry("edit", "{'op':'edit','in':'u:zoe-TRANSPORT','seq':1,'data':2}"),
          Map.entry("recall", "{'op':'recall','in':'u:zoe-TRANSPORT','seq':1}"),
          Map.entry("signal", "{'op':'signal','id':1,'to':'u:zoe','data':1}"),
          Map.entry("mark", "{'op':'mark','id':1,'in':'u:zoe','read':1}"),
          Map.entry("pref", "{'op':'pref','in':'u:zoe','mute':true}"),
          Map.entry("sub", "{'op':'sub','in':'t:x'}"),
          Map.entry("unsub", "{'op':'unsub','in':'t:x'}"),
          Map.entry("history", "{'op':'history','in':'u:zoe'}"),
          Map.entry("sync", "{'op':'sync'}"),
          Map.entry("search", "{'op':'search','q':'x'}"),
          Map.entry("group create", "{'op':'group','do':'create','in':'NEW'}"),
          Map.entry("admin list", "{'op':'admin','do':'list'}"),
          Map.entry("admin block", "{'op':'admin','do':'block','user':'nobody'}"),
          Map.entry("admin unblock", "{'op':'admin','do':'unblock','user':'nobody'}"),
          Map.entry("admin mute", "{'op':'admin','do':'mute','user':'nobody'}"),
          Map.entry("admin unmute", "{'op':'admin','do':'unmute','user':'nobody'}"),
          Map.entry("admin kick", "{'op':'admin','do':'kick','user':'nobody'}"),
          Map.entry("admin revoke", "{'op':'admin','do':'revoke','user':'nobody'}"),
          Map.entry("admin erase", "{'op':'admin','do':'erase','user':'nobody'}"),
          Map.entry("admin channel", "{'op':'admin','do':'channel','in':'a:few','filter':'x:y'}"),
          Map.entry("admin remove", "{'op':'admin','do':'remove','in':'a:few'}"),
          Map.entry("admin channels", "{'op':'admin','do':'channels'}"),
          Map.entry("ping", "{'op':'ping'}"));

  /// Nothing is answered to these, and nothing happens.
  private static final Set<String> UNANSWERED = Set.of("pong");

  private static final AtomicInteger NEXT = new AtomicInteger();

  private final Map<String, Asking> asking = new LinkedHashMap<>();

  @AfterEach
  void everybodyGoes() {
    asking.values().forEach(Asking::close);
  }

  @Test
  void everyOpHasARow() {
    Set<String> rows = new TreeSet<>(UNANSWERED);
    for (RightsTable table : List.of(RightsTable.of(GROUP), RightsTable.of(IDENTITY))) {
      table.rows().forEach(row -> rows.add(row.getFirst()));
    }
    assertThat(rows)
        .as("RightsTest says of every op who may ask it")
        .containsExactlyInAnyOrderElementsOf(CommandDecoder.vocabulary());
    assertThat(OF_A_GROUP.keySet()).isEqualTo(words(GROUP));
    assertThat(OF_ANYBODY.keySet()).isEqualTo(words(IDENTITY));
  }

  private static Set<String> words(String table) {
    return RightsTable.of(table).rows().stream().map(List::getFirst).collect(Collectors.toSet());
  }

  // ---- Groups -----------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void inAGroupTheRoleDecides(Transport transport) {
    RightsTable table = RightsTable.of(GROUP);
    List<String> wrong = new ArrayList<>();
    for (List<String> row : table.rows()) {
      for (int column = 1; column < row.size(); column++) {
        String role = table.columns().get(column);
        boolean there = !role.equals("absent") && !role.equals("no group");
        String group = there ? group() : "g:absent" + NEXT.incrementAndGet();
        String unit = unit(OF_A_GROUP.getOrDefault(row.getFirst(), "")).replace("G", group);
        Asking who = who(role, transport);
        Unit answer = who.ask(unit);
        RightsTable.compare(wrong, transport, row.getFirst(), role, row.get(column), answer);
        if (role.equals("stranger") && row.get(column).equals("not_found")) {
          String elsewhere = unit.replace(group, "g:absent" + NEXT.incrementAndGet());
          assertThat(answer.line())
              .as("a foreign group looks absent: " + unit)
              .isEqualTo(who.ask(elsewhere).line());
        }
        backend().ask(unit("{'op':'group','do':'delete','in':'" + group + "'}"));
      }
    }
    assertThat(wrong).isEmpty();
  }

  /// A closed group with everybody in his role.
  private String group() {
    String group = "g:rights" + NEXT.incrementAndGet();
    for (String unit :
        List.of(
            "{'op':'group','as':'owner','do':'create','in':'G','members':['admin','member','mute',"
                + "'left','victim']}",
            "{'op':'group','do':'set','in':'G','roles':{'admin':'admin','mute':'mute'}}",
            "{'op':'group','as':'left','do':'leave','in':'G'}",
            "{'op':'send','as':'victim','to':'G','data':1}")) {
      assertThat(backend().outcome(unit(unit).replace("G", group))).isEqualTo("ok");
    }
    return group;
  }

  private Asking backend() {
    return asking.computeIfAbsent(
        "the backend", _ -> Asking.withToken(SERVER.key(), Transport.LINES, SERVER));
  }

  private Asking who(String role, Transport transport) {
    return asking.computeIfAbsent(
        role,
        _ ->
            switch (role) {
              case "backend", "no group" ->
                  Asking.withToken(SERVER.serviceToken("backend"), transport, SERVER);
              case "absent" -> Asking.as("stranger", transport, SERVER);
              default -> Asking.as(role, transport, SERVER);
            });
  }

  private static String unit(String withApostrophes) {
    return withApostrophes.replace('\'', '"');
  }

  // ---- Identities -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void whatOneHasShownDecides(Transport transport) {
    RightsTable table = RightsTable.of(IDENTITY);
    List<String> wrong = new ArrayList<>();
    for (int column = 1; column < table.columns().size(); column++) {
      String who = table.columns().get(column);
      if (who.equals("guest") && !transport.takesGuests()) {
        continue; // without a token nothing is read: ApiTest
      }
      for (List<String> row : table.rows()) {
        String unit =
            unit(OF_ANYBODY.getOrDefault(row.getFirst(), ""))
                .replace("TOKEN", token(who))
                .replace("TRANSPORT", transport.name())
                .replace("NEW", "g:new" + NEXT.incrementAndGet());
        try (Asking one = identity(who, transport)) {
          RightsTable.compare(
              wrong, transport, row.getFirst(), who, row.get(column), one.ask(unit));
        }
      }
    }
    backend().ask("{\"op\":\"admin\",\"do\":\"unblock\",\"user\":\"nobody\"}");
    assertThat(wrong).isEmpty();
  }

  private Asking identity(String who, Transport transport) {
    if (who.equals("muted")) {
      assertThat(backend().outcome(unit("{'op':'admin','do':'mute','user':'muted'}")))
          .isEqualTo("ok");
    }
    return who.equals("guest")
        ? Asking.asGuest(transport, SERVER)
        : Asking.withToken(token(who), transport, SERVER);
  }

  private static String token(String who) {
    return switch (who) {
      case "backend" -> SERVER.serviceToken("backend");
      case "narrow" -> SERVER.tokenWithCaps("narrow", Map.of("op", List.of()));
      default -> SERVER.token(who);
    };
  }

  /// Whatever it is: a guest is told to say who he is, and who may ask nothing may not ask that.
  @ParameterizedTest
  @EnumSource
  void nothingGoesPastTheDoor(Transport transport) {
    for (Shape shape : Shapes.ALL) {
      if (shape.word().equals("auth")) {
        continue;
      }
      if (transport.takesGuests()) {
        try (Asking guest = identity("guest", transport)) {
          assertThat(guest.outcome(shape.least())).as(shape.word()).isEqualTo("unauthorized");
        }
      }
      if (!shape.word().equals("ping") && !shape.word().equals("pong")) {
        try (Asking narrow = identity("narrow", transport)) {
          assertThat(narrow.outcome(shape.least())).as(shape.word()).isEqualTo("forbidden");
        }
      }
    }
  }

  // ---- At the wrong moment ----------------------------------------------------------------------

  /// One after the other in one group, as its owner; `G` is the group.
  private static final String STORY =
      """
      {'op':'group','do':'join','in':'G'}                                                 | not_found
      {'op':'group','do':'create','in':'G','join':'open','cid':'1','title':'a'}           | ok
      {'op':'group','do':'create','in':'G','join':'open','cid':'1','title':'a'}           | ok dup
      {'op':'group','do':'create','in':'G','join':'open','cid':'1','title':'b'}           | cid
      {'op':'group','do':'create','in':'G'}                                               | exists
      {'op':'group','do':'join','in':'G'}                                                 | ok nothing
      {'op':'group','do':'add','in':'G','who':['me']}                                     | ok nothing
      {'op':'group','do':'remove','in':'G','who':['stranger']}                            | ok nothing
      {'op':'group','do':'remove','in':'G','who':['me']}                                  | forbidden
      {'op':'group','do':'set','in':'G','title':'a'}                                      | ok nothing
      {'op':'group','do':'set','in':'G','roles':{'stranger':'admin'}}                     | not_found
      {'op':'group','do':'set','in':'G','roles':{'me':'member'}}                          | forbidden
      {'op':'group','do':'add','in':'G','who':['heir']}                                   | ok
      {'op':'group','do':'leave','in':'G'}                                                | forbidden
      {'op':'history','in':'G','epoch':'other'}                                           | epoch
      {'op':'history','in':'G','after':9,'before':3}                                      | ok
      {'op':'history','in':'t:x'}                                                         | off
      {'op':'history','in':'a:other'}                                                     | not_found
      {'op':'search','q':'a','in':'t:x'}                                                  | off
      {'op':'search','q':'a','in':'a:other'}                                              | not_found
      {'op':'search','q':'a','next':'made up'}                                            | bad_request
      {'op':'search','q':'*'}                                                             | bad_request
      {'op':'sync','since':'made up'}                                                     | cursor
      {'op':'sync','next':'made up'}                                                      | bad_request
      {'op':'send','to':'G','data':1,'cid':'2'}                                           | ok
      {'op':'send','to':'G','data':1,'cid':'2'}                                           | ok dup
      {'op':'send','to':'G','data':2,'cid':'2'}                                           | cid
      {'op':'send','to':'a:all','data':1}                                                 | forbidden
      {'op':'unsub','in':'t:never.followed'}                                              | ok
      {'op':'sync','as':'heir'}                                                           | forbidden
      {'op':'group','do':'set','in':'G','roles':{'heir':'owner','me':'mute'}}             | ok
      {'op':'send','to':'G','data':1}                                                     | forbidden
      {'op':'send','to':'G','data':1,'cid':'2'}                                           | ok dup
      {'op':'group','do':'set','in':'G','roles':{'me':'owner'}}                           | forbidden
      {'op':'group','do':'delete','in':'G'}                                               | forbidden
      {'op':'group','do':'leave','in':'G'}                                                | ok
      {'op':'group','do':'leave','in':'G'}                                                | not_member
      {'op':'history','in':'G'}                                                           | ok
      {'op':'group','do':'join','in':'G'}                                                 | ok
      {'op':'send','to':'G','data':1}                                                     | forbidden
      """;

  @ParameterizedTest
  @EnumSource
  void whatMakesNoSenseNowIsSaidSo(Transport transport) {
    String group = "g:story" + NEXT.incrementAndGet();
    try (Asking me = Asking.as("me", transport, SERVER)) {
      List<String> wrong = new ArrayList<>();
      for (List<String> step : RightsTable.of("\n" + STORY).rows()) {
        Unit answer = me.ask(unit(step.getFirst()).replace("G", group));
        String outcome =
            answer.op().equals("err")
                ? answer.text("code")
                : Stream.of(
                        "ok",
                        answer.has("dup") ? "dup" : "",
                        answer.has("level") && !answer.has("seq") ? "nothing" : "")
                    .filter(word -> !word.isEmpty())
                    .collect(Collectors.joining(" "));
        if (!outcome.equals(step.getLast())) {
          wrong.add(step.getFirst() + ": " + answer + " and not " + step.getLast());
        }
      }
      assertThat(wrong).isEmpty();
      backend().ask(unit("{'op':'group','do':'delete','in':'" + group + "'}"));
      assertThat(me.outcome(unit("{'op':'send','to':'" + group + "','data':1}")))
          .isEqualTo("not_member");
    }
  }
}
