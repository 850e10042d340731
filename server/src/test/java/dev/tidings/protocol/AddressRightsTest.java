package dev.tidings.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.Asking;
import dev.tidings.running.Asking.Transport;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who may ask what of an announcement channel, of a topic with a log and of one without, and of
/// somebody's presence: of his own, of a foreign one and of one that is not there, over every
/// transport. Groups and private conversations: [RightsTest].
class AddressRightsTest {
  @RegisterExtension
  static final RunningServer SERVER = RunningServer.withoutRateLimits().withSearch();

  private static final String OPS =
      """
      send    | {'op':'send','to':'IN','data':1}
      history | {'op':'history','in':'IN'}
      search  | {'op':'search','q':'x','in':'IN'}
      edit    | {'op':'edit','in':'IN','seq':1,'data':2}
      recall  | {'op':'recall','in':'IN','seq':1}
      signal  | {'op':'signal','id':1,'to':'IN','data':1}
      mark    | {'op':'mark','id':1,'in':'IN','read':1}
      pref    | {'op':'pref','in':'IN','mute':true}
      sub     | {'op':'sub','in':'IN'}
      unsub   | {'op':'unsub','in':'IN'}
      """;

  /// In `a:few`, for `role`: `few`, where the backend has announced something. `reader` has the
  private static final String CHANNEL =
      """
      what    | reader      | announcer   | backend     | outsider    | bold
      send    | forbidden   | ok          | ok          | forbidden   | ok
      history | ok          | ok          | ok          | not_found   | not_found
      search  | ok          | ok          | ok          | not_found   | not_found
      edit    | forbidden   | forbidden   | forbidden   | forbidden   | forbidden
      recall  | forbidden   | forbidden   | ok          | forbidden   | forbidden
      signal  | bad_request | bad_request | bad_request | bad_request | bad_request
      mark    | ok          | ok          | not_found   | not_found   | not_found
      pref    | ok          | ok          | not_found   | not_found   | not_found
      sub     | bad_request | bad_request | bad_request | bad_request | bad_request
      unsub   | bad_request | bad_request | bad_request | bad_request | bad_request
      """;

  /// In `t:kept.log`, where the backend has published something. `publisher` may send to `t:*`;
  /// `deaf` may follow nothing and send nowhere.
  private static final String TOPIC =
      """
      what    | reader      | publisher   | backend     | deaf
      send    | forbidden   | ok          | ok          | forbidden
      history | ok          | ok          | ok          | forbidden
      search  | ok          | ok          | ok          | forbidden
      edit    | forbidden   | forbidden   | forbidden   | forbidden
      recall  | forbidden   | forbidden   | ok          | forbidden
      signal  | bad_request | bad_request | bad_request | bad_request
      mark    | bad_request | bad_request | bad_request | bad_request
      pref    | bad_request | bad_request | bad_request | bad_request
      sub     | ok          | ok          | ok          | forbidden
      unsub   | ok          | ok          | ok          | ok
      """;

  /// In `t:passing`, which has no log.
  private static final String PASSING =
      """
      what    | reader      | publisher   | backend     | deaf
      send    | forbidden   | ok          | ok          | forbidden
      history | off         | off         | off         | forbidden
      search  | off         | off         | off         | forbidden
      edit    | forbidden   | off         | off         | forbidden
      recall  | forbidden   | off         | off         | forbidden
      signal  | bad_request | bad_request | bad_request | bad_request
      mark    | bad_request | bad_request | bad_request | bad_request
      pref    | bad_request | bad_request | bad_request | bad_request
      sub     | ok          | ok          | ok          | forbidden
      unsub   | ok          | ok          | ok          | ok
      """;

  /// Of `p:seen`, who has written to `friend` and is in a group with `colleague`; `fan` has written
  /// to him. What a `fan` and a `stranger` hear is word for word what they hear of a name that
  /// nobody ever had.
  private static final String PRESENCE =
      """
      what    | seen        | friend      | colleague   | backend     | fan         | stranger    | deaf
      send    | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      history | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      search  | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      edit    | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      recall  | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      signal  | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      mark    | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      pref    | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request | bad_request
      sub     | ok          | ok          | ok          | ok          | not_found   | not_found   | forbidden
      unsub   | ok          | ok          | ok          | ok          | ok          | ok          | ok
      """;

  private final Map<String, Asking> asking = new LinkedHashMap<>();

  @AfterEach
  void everybodyGoes() {
    asking.values().forEach(Asking::close);
  }

  /// What has an address and is not asked of the group or the operator.
  @Test
  void everyOpThatNamesAnAddressHasARow() {
    List<String> ops = RightsTable.of("\n" + OPS).rows().stream().map(List::getFirst).toList();
    assertThat(ops)
        .containsExactlyInAnyOrderElementsOf(
            Shapes.ALL.stream()
                .filter(shape -> !shape.word().contains(" "))
                .filter(shape ->
                    shape.fields().stream()
                        .anyMatch(field -> field.name().equals("in") || field.name().equals("to")))
                .map(Shapes.Shape::word)
                .toList());
    for (String table : List.of(CHANNEL, TOPIC, PASSING, PRESENCE)) {
      assertThat(RightsTable.of(table).rows().stream().map(List::getFirst)).isEqualTo(ops);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofAChannelTheLabelsDecide(Transport transport) {
    does("{'op':'admin','do':'channel','in':'a:few','filter':'role:few'}");
    hold(CHANNEL, transport, "a:few", "{'op':'send','to':'a:few','data':'x'}", "a:none");
    does("{'op':'admin','do':'remove','in':'a:few'}");
  }

  @ParameterizedTest
  @EnumSource
  void ofATopicTheCapsDecide(Transport transport) {
    hold(TOPIC, transport, "t:kept.log", "{'op':'send','to':'t:kept.log','data':'x'}", "");
  }

  @ParameterizedTest
  @EnumSource
  void ofATopicWithoutLogTheCapsDecide(Transport transport) {
    hold(PASSING, transport, "t:passing", "", "");
  }

  @ParameterizedTest
  @EnumSource
  void ofAPresenceItDecidesWhomHeKnows(Transport transport) {
    does(
        "{'op':'send','as':'seen','to':'u:friend','data':1}",
        "{'op':'send','as':'fan','to':'u:seen','data':1}",
        "{'op':'group','as':'seen','do':'create','in':'g:both-N','members':['colleague']}"
            .replace("N", transport.name()));
    hold(PRESENCE, transport, "p:seen", "", "p:never");
  }

  /// Asks all of it, each time of a conversation in which something was said anew.
  private void hold(
      String text, Transport transport, String address, String before, String absent) {
    RightsTable table = RightsTable.of(text);
    List<String> wrong = new ArrayList<>();
    for (List<String> op : RightsTable.of("\n" + OPS).rows()) {
      List<String> row =
          table.rows().stream()
              .filter(each -> each.getFirst().equals(op.getFirst()))
              .findFirst()
              .orElseThrow();
      if (transport == Transport.POST && op.getFirst().equals("sub")) {
        continue; // there is nothing that could follow
      }
      for (int column = 1; column < row.size(); column++) {
        String role = table.columns().get(column);
        Asking who = who(role, transport);
        String unit = op.getLast().replace("IN", address);
        if (!before.isEmpty()) {
          unit = unit.replace("'seq':1", "'seq':" + said(before));
        }
        Unit answer = who.ask(quoted(unit));
        RightsTable.compare(wrong, transport, row.getFirst(), role, row.get(column), answer);
        boolean foreign = List.of("outsider", "bold", "fan", "stranger").contains(role);
        boolean absentToHim = foreign && (!role.equals("bold") || !mayBold(row.getFirst()));
        if (absentToHim && !absent.isEmpty() && !answer.op().equals("ok")) {
          String elsewhere = who.ask(quoted(unit.replace(address, absent))).line();
          if (!elsewhere.replace(absent, address).equals(answer.line())) {
            wrong.add(unit + " by " + role + ": " + answer + " where none is: " + elsewhere);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /// Who may send somewhere knows that it is there.
  private static boolean mayBold(String op) {
    return List.of("send", "edit", "recall").contains(op);
  }

  private long said(String unit) {
    Unit ok = backend().ask(quoted(unit));
    assertThat(ok.op()).as(ok.line()).isEqualTo("ok");
    return ok.number("seq");
  }

  private void does(String... units) {
    Stream.of(units)
        .forEach(unit -> assertThat(backend().outcome(quoted(unit))).as(unit).isEqualTo("ok"));
  }

  private Asking backend() {
    return asking.computeIfAbsent(
        "the backend", _ -> Asking.withToken(SERVER.key(), Transport.LINES, SERVER));
  }

  private Asking who(String role, Transport transport) {
    Map<String, String> few = Map.of("role", "few");
    return asking.computeIfAbsent(
        role,
        _ ->
            Asking.withToken(
                switch (role) {
                  case "backend" -> SERVER.serviceToken("backend");
                  case "reader" -> SERVER.tokenWithLabels(role, Map.of(), few);
                  case "announcer", "publisher" ->
                      SERVER.tokenWithLabels(role, Map.of("send", List.of("a:*", "t:*")), few);
                  case "bold" -> SERVER.tokenWithCaps(role, Map.of("send", List.of("*")));
                  case "deaf" ->
                      SERVER.tokenWithCaps(role, Map.of("send", List.of(), "sub", List.of()));
                  default -> SERVER.token(role);
                },
                transport,
                SERVER));
  }

  private static String quoted(String withApostrophes) {
    return withApostrophes.replace('\'', '"');
  }
}
