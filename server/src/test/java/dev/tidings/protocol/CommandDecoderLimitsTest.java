package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.protocol.Decoded.Refused;
import dev.tidings.protocol.Decoded.Request;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every field of every op: missing, `null`, of each wrong type, at its limits and beyond them. The
/// table is [#rows]; the cases are made from it.
class CommandDecoderLimitsTest {
  private static final String ID = "77";

  /// What a value may be.
  private enum Type {
    STRING,
    INTEGER,
    FLAG_OR_TIME,
    BOOLEAN,
    LIST,
    ID,
    ANY
  }

  /// One field of one op. `unit`: the fields of a legal request; `legal`, `illegal`: values of the
  /// right type, in JSON, on this and on the other side of a bound.
  private record Row(
      Map<String, String> unit,
      String field,
      Type type,
      boolean required,
      List<String> legal,
      List<String> illegal) {}

  /// `code` is empty where the request is legal.
  record Case(String name, String unit, String field, List<ErrorCode> code) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// A literal of each type, and those that no field takes.
  private static final Map<String, List<Type>> LITERALS =
      Map.of(
          "\"7\"", List.of(Type.STRING, Type.ID, Type.ANY),
          "7", List.of(Type.INTEGER, Type.FLAG_OR_TIME, Type.ID, Type.ANY),
          "7.0", List.of(Type.ANY),
          "7e0", List.of(Type.ANY),
          "true", List.of(Type.BOOLEAN, Type.FLAG_OR_TIME, Type.ANY),
          "false", List.of(Type.BOOLEAN, Type.FLAG_OR_TIME, Type.ANY),
          "[]", List.of(Type.LIST, Type.ANY),
          "{}", List.of(Type.ANY));

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    Map<String, String> send = unit("send", "to", "\"u:bob\"", "data", "\"hi\"");
    rows.add(
        required(
            send,
            "to",
            List.of(
                "\"u:b\"",
                "\"g:b\"",
                "\"a:b\"",
                "\"t:b/c\"",
                "\"u:" + "x".repeat(64) + "\"",
                "\"g:A-Za-z0-9._~-@\"",
                "\"t:" + "x".repeat(128) + "\"",
                escaped("t:" + "x".repeat(128))),
            badAddresses("p:b", "p:g:b", "g:b/c", "u:" + "x".repeat(65), "t:" + "x".repeat(129))));
    rows.add(text(send, "cid", 1, 64));
    rows.add(names(send, "mention", 0, 50));
    rows.add(
        new Row(
            send,
            "data",
            Type.ANY,
            true,
            List.of("\"" + "x".repeat(32_766) + "\"", "\"\"", "0", "\"\\udc00\""),
            List.of()));

    Map<String, String> edit = unit("edit", "in", "\"g:ops\"", "seq", "7", "data", "\"hi\"");
    Map<String, String> recall = unit("recall", "in", "\"g:ops\"", "seq", "7");
    for (Map<String, String> revision : List.of(edit, recall)) {
      rows.add(
          required(
              revision,
              "in",
              List.of("\"u:b\"", "\"g:b\"", "\"a:b\"", "\"t:b/c\""),
              badAddresses("p:b", "p:g:b")));
      rows.add(requiredInteger(revision, "seq", 1, JsonScanner.INTEGER_MAX));
      rows.add(text(revision, "epoch", 0, 32));
      rows.add(text(revision, "cid", 1, 64));
    }
    rows.add(
        new Row(
            edit,
            "data",
            Type.ANY,
            true,
            List.of("\"" + "x".repeat(32_766) + "\"", "\"\"", "0", "\"\\udc00\""),
            List.of()));

    List<String> marked = List.of("\"u:b\"", "\"g:b\"", "\"a:b\"");
    Map<String, String> mark = unit("mark", "in", "\"u:bob\"", "got", "7", "read", "7");
    rows.add(required(mark, "in", marked, badAddresses("t:b", "p:b", "p:g:b")));
    rows.add(text(mark, "epoch", 0, 32));
    rows.add(integer(mark, "got", 0, JsonScanner.INTEGER_MAX));
    rows.add(integer(mark, "read", 0, JsonScanner.INTEGER_MAX));
    Map<String, String> pref = unit("pref", "in", "\"u:bob\"", "mute", "true", "block", "true");
    rows.add(
        required(
            pref,
            "in",
            List.of("\"u:b\"", "\"u:" + "x".repeat(64) + "\""),
            badAddresses("t:b", "p:b", "p:g:b")));
    rows.add(
        new Row(
            pref,
            "mute",
            Type.FLAG_OR_TIME,
            false,
            List.of("0", "9007199254740991"),
            List.of("-1", "9007199254740992", "1" + "0".repeat(100))));
    rows.add(new Row(pref, "block", Type.BOOLEAN, false, List.of("true", "false"), List.of()));

    Map<String, String> signal = unit("signal", "to", "\"u:bob\"", "data", "\"hi\"");
    rows.add(
        required(
            signal,
            "to",
            List.of("\"u:b\"", "\"g:b\"", "\"u:" + "x".repeat(64) + "\""),
            badAddresses("a:b", "t:b", "p:b", "p:g:b", "g:b/c", "u:" + "x".repeat(65))));
    rows.add(
        new Row(
            signal,
            "data",
            Type.ANY,
            true,
            List.of("\"" + "x".repeat(32_766) + "\"", "\"\"", "0", "\"\\udc00\""),
            List.of()));

    Map<String, String> auth = unit("auth");
    rows.add(text(auth, "token", 0, 8_192));
    rows.add(name(auth, "user"));
    rows.add(integer(auth, "v", 1, JsonScanner.INTEGER_MAX));
    rows.add(text(auth, "device", 1, 64));
    rows.add(
        new Row(
            auth,
            "device",
            Type.STRING,
            false,
            List.of("\" \"", "\"Zo\u00eb's phone\""),
            List.of("\"\\n\"", "\"a\\u0000\"", "\"\u007f\"", "\"\u0085\"")));
    rows.add(text(auth, "client", 0, 256));
    rows.add(integer(auth, "ping", 0, 3_600));

    Map<String, String> sub = unit("sub", "in", "\"t:x\"");
    rows.add(followable(sub));
    rows.add(text(sub, "epoch", 0, 32));
    rows.add(integer(sub, "after", 0, JsonScanner.INTEGER_MAX));
    rows.add(integer(sub, "last", 1, 200));
    rows.add(followable(unit("unsub", "in", "\"t:x\"")));

    Map<String, String> history = unit("history", "in", "\"g:ops\"");
    rows.add(
        required(
            history,
            "in",
            List.of("\"u:b\"", "\"g:b\"", "\"a:b\"", "\"t:b/c\""),
            badAddresses("p:b", "p:g:b")));
    rows.add(text(history, "epoch", 0, 32));
    rows.add(integer(history, "after", 0, JsonScanner.INTEGER_MAX));
    rows.add(integer(history, "before", 0, JsonScanner.INTEGER_MAX));
    rows.add(integer(history, "limit", 1, 200));

    Map<String, String> sync = unit("sync");
    rows.add(text(sync, "since", 0, 128));
    rows.add(text(sync, "next", 0, 128));
    rows.add(integer(sync, "tail", 0, 20));
    rows.add(integer(sync, "limit", 1, 200));

    Map<String, String> search = unit("search", "q", "\"x\"");
    rows.add(text(search, "next", 0, 128));
    rows.add(integer(search, "before", 0, JsonScanner.INTEGER_MAX));
    rows.add(integer(search, "limit", 1, 200));

    Map<String, String> create = unit("group", "do", "\"create\"", "in", "\"g:ops\"");
    rows.add(
        required(
            create,
            "in",
            List.of("\"g:b\"", "\"g:" + "x".repeat(64) + "\""),
            badAddresses("u:b", "a:b", "t:b", "p:b", "p:g:b", "g:b/c", "g:" + "x".repeat(65))));
    rows.add(
        required(
            create,
            "do",
            List.of("\"info\"", "\"members\"", "\"join\"", "\"leave\"", "\"delete\""),
            List.of("\"\"", "\"set\"", "\"Join\"", "\"join\\u0000\"", "\"\\ud800\"")));
    rows.add(text(create, "cid", 1, 64));
    rows.add(text(create, "title", 0, 256));
    rows.add(names(create, "members", 0));
    rows.add(
        new Row(
            create,
            "join",
            Type.STRING,
            false,
            List.of("\"open\"", "\"invite\"", escaped("open")),
            List.of("\"\"", "\"Open\"", "\"closed\"", "\"invitees\"", "\"\\udc00\"")));
    rows.add(new Row(create, "quiet", Type.BOOLEAN, false, List.of("true", "false"), List.of()));
    rows.add(text(unit("group", "do", "\"members\"", "in", "\"g:ops\""), "next", 0, 128));
    for (String change : List.of("\"add\"", "\"remove\"")) {
      rows.add(names(unit("group", "do", change, "in", "\"g:ops\"", "who", "[\"bob\"]"), "who", 1));
    }

    // What every request may carry.
    for (Map<String, String> unit :
        List.of(
            send,
            mark,
            pref,
            edit,
            recall,
            signal,
            auth,
            sub,
            history,
            sync,
            search,
            create,
            unit("unsub", "in", "\"t:x\""),
            unit("ping"),
            unit("pong"))) {
      rows.add(name(unit, "as"));
      rows.add(
          new Row(
              unit,
              "id",
              Type.ID,
              false,
              List.of(
                  "\"\"",
                  "\"" + "x".repeat(64) + "\"",
                  "\"" + "\u00e9".repeat(32) + "\"",
                  escaped("x".repeat(64)),
                  "0",
                  "9007199254740991",
                  "-9007199254740991"),
              List.of(
                  "\"" + "x".repeat(65) + "\"",
                  "\"" + "\u00e9".repeat(32) + "x\"",
                  escaped("x".repeat(65)),
                  "\"\\ud800\"",
                  "9007199254740992",
                  "-9007199254740992",
                  "1" + "0".repeat(100))));
    }
    return rows;
  }

  private static Row required(
      Map<String, String> unit, String field, List<String> legal, List<String> illegal) {
    return new Row(unit, field, Type.STRING, true, legal, illegal);
  }

  private static Row followable(Map<String, String> unit) {
    return required(
        unit,
        "in",
        List.of("\"t:x\"", "\"p:bob\"", "\"p:g:ops\"", "\"p:g\"", "\"p:g:" + "x".repeat(64) + "\""),
        badAddresses(
            "u:b", "g:b", "a:b", "p:t:x", "p:g:" + "x".repeat(65), "t:" + "x".repeat(129)));
  }

  private static Row text(Map<String, String> unit, String field, int bytesMin, int bytesMax) {
    List<String> legal =
        new ArrayList<>(
            List.of(
                "\"" + "x".repeat(bytesMax) + "\"",
                "\"" + "\u00e9".repeat(bytesMax / 2) + "\"",
                escaped("x".repeat(bytesMax))));
    List<String> illegal =
        new ArrayList<>(
            List.of(
                "\"" + "x".repeat(bytesMax + 1) + "\"",
                "\"" + "\u00e9".repeat(bytesMax / 2) + "x\"",
                escaped("x".repeat(bytesMax + 1)),
                "\"\\ud800\""));
    (bytesMin == 0 ? legal : illegal).add("\"\"");
    return new Row(unit, field, Type.STRING, false, legal, illegal);
  }

  private static Row name(Map<String, String> unit, String field) {
    return new Row(
        unit,
        field,
        Type.STRING,
        false,
        List.of("\"a\"", "\"A-Za-z0-9._~-@\"", "\"" + "x".repeat(64) + "\"", escaped("bob")),
        List.of(
            "\"\"",
            "\"" + "x".repeat(65) + "\"",
            "\"a b\"",
            "\"a/b\"",
            "\"a:b\"",
            "\"Zo\u00eb\"",
            "\"a\\u0000\"",
            "\"\\ud800\""));
  }

  private static Row names(Map<String, String> unit, String field, int countMin) {
    return names(unit, field, countMin, 200);
  }

  private static Row names(Map<String, String> unit, String field, int countMin, int countMax) {
    String longest = "\"" + "x".repeat(64) + "\"";
    List<String> legal =
        new ArrayList<>(
            List.of(
                "[\"bob\"]",
                "[ " + escaped("bob") + " , \"carol\" ]",
                "[" + String.join(",", Collections.nCopies(countMax, longest)) + "]"));
    List<String> illegal =
        new ArrayList<>(
            List.of(
                "[" + String.join(",", Collections.nCopies(countMax + 1, "\"b\"")) + "]",
                "[\"" + "x".repeat(65) + "\"]",
                "[\"\"]",
                "[\"bob\",\"a b\"]",
                "[\"bob\",1]",
                "[null]",
                "[[\"bob\"]]",
                "[\"\\ud800\"]"));
    (countMin == 0 ? legal : illegal).add("[]");
    return new Row(unit, field, Type.LIST, countMin > 0, legal, illegal);
  }

  private static Row requiredInteger(Map<String, String> unit, String field, long min, long max) {
    Row row = integer(unit, field, min, max);
    return new Row(unit, field, row.type(), true, row.legal(), row.illegal());
  }

  private static Row integer(Map<String, String> unit, String field, long min, long max) {
    return new Row(
        unit,
        field,
        Type.INTEGER,
        false,
        List.of(String.valueOf(min), String.valueOf(max)),
        List.of(
            String.valueOf(min - 1),
            String.valueOf(max + 1),
            "-9007199254740992",
            "1" + "0".repeat(100),
            max + ".0"));
  }

  private static List<String> badAddresses(String... more) {
    return Stream.concat(
            Stream.of(
                "", "bob", ":", "u:", "g:", "x:bob", "U:bob", "u:a b", "u:Zo\u00eb", "u: bob"),
            Stream.of(more))
        .map(address -> "\"" + address + "\"")
        .toList();
  }

  /// A JSON string with an escape for every character, six times as long as need be.
  private static String escaped(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      json.append(String.format("\\u%04x", (int) text.charAt(i)));
    }
    return json.append('"').toString();
  }

  private static Map<String, String> unit(String op, String... fieldsAndValues) {
    Map<String, String> unit = new LinkedHashMap<>();
    unit.put("op", "\"" + op + "\"");
    unit.put("id", ID);
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      unit.put(fieldsAndValues[i], fieldsAndValues[i + 1]);
    }
    return unit;
  }

  static Stream<Case> cases() {
    return rows().stream().flatMap(CommandDecoderLimitsTest::casesOf);
  }

  private static Stream<Case> casesOf(Row row) {
    List<Case> cases = new ArrayList<>();
    List<ErrorCode> bad = List.of(ErrorCode.BAD_REQUEST);
    List<ErrorCode> fine = List.of();
    Map<String, String> without = new LinkedHashMap<>(row.unit());
    without.remove(row.field());
    cases.add(of(row, "missing", without, row.required() ? bad : fine));
    cases.add(with(row, "null", row.required() ? bad : fine));
    LITERALS.forEach((literal, types) -> {
      if (!types.contains(row.type())) {
        cases.add(with(row, literal, bad));
      }
    });
    row.legal().forEach(value -> cases.add(with(row, value, fine)));
    row.illegal().forEach(value -> cases.add(with(row, value, bad)));
    if (row.type() == Type.ANY) {
      LITERALS.keySet().forEach(literal -> cases.add(with(row, literal, fine)));
      cases.add(with(row, "\"" + "x".repeat(32_767) + "\"", List.of(ErrorCode.TOO_LARGE)));
      cases.add(with(row, "[" + " ".repeat(32_767) + "]", List.of(ErrorCode.TOO_LARGE)));
    }
    return cases.stream();
  }

  private static Case with(Row row, String value, List<ErrorCode> code) {
    Map<String, String> unit = new LinkedHashMap<>(row.unit());
    unit.put(row.field(), value);
    return of(row, value, unit, code);
  }

  private static Case of(Row row, String what, Map<String, String> unit, List<ErrorCode> code) {
    List<String> fields = new ArrayList<>();
    unit.forEach((name, value) -> fields.add("\"" + name + "\":" + value));
    String shown = what.length() <= 40 ? what : what.substring(0, 40) + "\u2026";
    return new Case(
        row.unit().get("op") + " " + row.field() + " " + shown + " of " + what.length(),
        "{" + String.join(",", fields) + "}",
        row.field(),
        code);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsDocumented(Case test) {
    byte[] unit = test.unit().getBytes(UTF_8);
    Decoded decoded = new CommandDecoder().decode(unit, 0, unit.length);
    switch (decoded) {
      case Request request -> {
        assertThat(test.code()).isEmpty();
        assertThat(request.command().head().op()).isNotEmpty();
      }
      case Refused refused -> {
        assertThat(test.code()).as(refused.message()).containsExactly(refused.code());
        assertThat(refused.message()).startsWith(test.field() + " ");
        assertThat(refused.head().op()).isNotEmpty();
        assertThat(refused.head().id())
            .isEqualTo(test.field().equals("id") ? RequestId.NONE : new RequestId(ID));
      }
    }
  }
}
