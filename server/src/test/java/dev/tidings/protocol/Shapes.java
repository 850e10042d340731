package dev.tidings.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Every op with every field that it reads, and what may stand there and what not: the one table
/// from which requests are made that are wrong in one place, or right to the limit.
///
/// A new op needs a row, and so does a new field of an old one: [ShapesTest] sees to it.
final class Shapes {
  /// One field of one op.
  ///
  /// @param legal values as JSON, those at the limits among them
  /// @param illegal values of another type, and over the limits
  /// @param tooLarge values that are refused with `too_large`
  record Field(
      String name,
      boolean required,
      List<String> legal,
      List<String> illegal,
      List<String> tooLarge) {
    Field must() {
      return new Field(name, true, legal, illegal, tooLarge);
    }
  }

  /// One row.
  ///
  /// @param word of [CommandDecoder#vocabulary]
  /// @param alsoSaid fields that make it whole beside those required
  record Shape(String word, String alsoSaid, List<Field> fields) {
    private String head() {
      int blank = word.indexOf(' ');
      String op =
          blank < 0
              ? "\"op\":\"" + word + "\""
              : "\"op\":\""
                  + word.substring(0, blank)
                  + "\",\"do\":\""
                  + word.substring(blank + 1)
                  + "\"";
      return alsoSaid.isEmpty() ? op : op + "," + alsoSaid;
    }

    /// The unit with all that it needs and no more.
    String least() {
      return without("");
    }

    /// As [#least], without one of the fields.
    private String without(String absent) {
      String needed =
          fields.stream()
              .filter(field -> field.required() && !field.name().equals(absent))
              .map(field -> ",\"" + field.name() + "\":" + field.legal().getFirst())
              .collect(Collectors.joining());
      return "{" + head() + needed + "}";
    }

    /// As [#least], and this field says that. Of a repeated field the last one counts.
    String with(String field, String value) {
      String least = least();
      return least.substring(0, least.length() - 1) + ",\"" + field + "\":" + value + "}";
    }
  }

  /// A request that is wrong in one place.
  ///
  /// @param field what the refusal must name
  record Wrong(String unit, String field, ErrorCode code) {
    @Override
    public String toString() {
      return unit.length() < 300 ? unit : unit.substring(0, 300) + "…";
    }
  }

  private static final List<String> NO_TEXT = List.of("1", "true", "[]", "{}", "\"\\ud800\"");

  private static final Field ID =
      new Field(
          "id",
          false,
          List.of("\"\"", text(64), "9007199254740991", "-9007199254740991"),
          List.of(text(65), "9007199254740992", "1.5", "1e3", "true", "[]", "{}", "\"\\ud800\""),
          List.of());
  private static final Field AS = name("as");
  private static final Field CID = filled("cid", 64);
  private static final Field EPOCH = text("epoch", 32);
  private static final Field GROUP = address("in", "g:").must();
  private static final Field NEXT = text("next", 128);
  private static final Field USER = name("user").must();
  private static final Field[] SETTINGS = {
    text("title", 256),
    data("data", 4_096),
    word("join", "open", "invite"),
    flag("quiet"),
    flag("past"),
    word("send", "admins", "members"),
  };

  /// The table.
  static final List<Shape> ALL =
      List.of(
          shape(
              "auth",
              "\"user\":\"zoe\"",
              text("token", 8_192),
              name("user"),
              integer("v", 1, JsonScanner.INTEGER_MAX),
              oneLine("device", 64),
              text("client", 256),
              integer("ping", 0, 3_600),
              texts("labels", 32, 64)),
          shape(
              "send",
              address("to", "u:", "g:", "a:", "t:").must(),
              data("data", 32_768).must(),
              CID,
              filled("key", 64),
              names("mention", 0, 50),
              integer("ttl", 1, Integer.MAX_VALUE)),
          shape(
              "edit",
              address("in", "u:", "g:", "a:", "t:").must(),
              EPOCH,
              integer("seq", 1, JsonScanner.INTEGER_MAX).must(),
              CID,
              data("data", 32_768).must()),
          shape(
              "recall",
              address("in", "u:", "g:", "a:", "t:").must(),
              EPOCH,
              integer("seq", 1, JsonScanner.INTEGER_MAX).must(),
              CID),
          shape("signal", address("to", "u:", "g:").must(), data("data", 32_768).must()),
          shape(
              "mark",
              address("in", "u:", "g:", "a:").must(),
              EPOCH,
              position("got"),
              position("read").must()),
          shape(
              "pref",
              address("in", "u:", "g:", "a:").must(),
              flagOrTime("mute").must(),
              flag("block")),
          shape(
              "sub",
              address("in", "t:", "p:", "p:g:").must(),
              EPOCH,
              position("after"),
              integer("last", 1, 200),
              filled("since", 128)),
          shape("unsub", address("in", "t:", "p:", "p:g:").must()),
          shape(
              "history",
              address("in", "u:", "g:", "a:", "t:").must(),
              EPOCH,
              position("after"),
              position("before"),
              integer("limit", 1, 200)),
          shape("sync", text("since", 128), integer("tail", 0, 20), integer("limit", 1, 200), NEXT),
          shape(
              "search",
              filled("q", 256).must(),
              address("in", "u:", "g:", "a:", "t:"),
              name("from"),
              position("before"),
              integer("limit", 1, 200),
              NEXT),
          group("create", "", join(SETTINGS, names("members", 0, 200))),
          group("info", ""),
          group("members", "", NEXT),
          group("join", ""),
          group("leave", ""),
          group("add", "", names("who", 1, 200).must()),
          group("remove", "", names("who", 1, 200).must()),
          group("set", "\"title\":\"x\",\"past\":true", join(SETTINGS, roles("roles", 200))),
          group("delete", ""),
          shape("admin list", NEXT),
          shape("admin block", USER),
          shape("admin unblock", USER),
          shape("admin mute", USER),
          shape("admin unmute", USER),
          shape("admin kick", USER, oneLine("device", 64), beside("conn")),
          shape("admin revoke", USER, position("before"), beside("jti")),
          shape("admin erase", USER),
          shape("admin channel", address("in", "a:").must(), filled("filter", 512).must()),
          shape("admin remove", address("in", "a:").must()),
          shape("admin channels", NEXT),
          shape("ping"),
          shape("pong"));

  /// What is wrong in more than one field, or in `op` and `do` themselves.
  static final List<Wrong> OTHERS =
      List.of(
          new Wrong("{}", "op", ErrorCode.BAD_REQUEST),
          new Wrong("{\"op\":null}", "op", ErrorCode.BAD_REQUEST),
          new Wrong("{\"op\":[]}", "op", ErrorCode.BAD_REQUEST),
          new Wrong("{\"op\":\"\"}", "", ErrorCode.UNKNOWN_OP),
          new Wrong("{\"op\":\"shout\"}", "", ErrorCode.UNKNOWN_OP),
          new Wrong("{\"op\":\"SEND\"}", "", ErrorCode.UNKNOWN_OP),
          new Wrong("{\"op\":\"group\",\"in\":\"g:x\"}", "do", ErrorCode.BAD_REQUEST),
          new Wrong("{\"op\":\"group\",\"in\":\"g:x\",\"do\":\"x\"}", "do", ErrorCode.BAD_REQUEST),
          new Wrong("{\"op\":\"group\",\"in\":\"g:x\",\"do\":1}", "do", ErrorCode.BAD_REQUEST),
          new Wrong(
              "{\"op\":\"group\",\"in\":\"g:x\",\"do\":\"set\"}", "do", ErrorCode.BAD_REQUEST),
          new Wrong("{\"op\":\"admin\"}", "do", ErrorCode.BAD_REQUEST),
          new Wrong("{\"op\":\"admin\",\"do\":\"create\"}", "do", ErrorCode.BAD_REQUEST),
          new Wrong(
              "{\"op\":\"admin\",\"do\":\"kick\",\"conn\":\"\"}", "conn", ErrorCode.BAD_REQUEST),
          new Wrong(
              "{\"op\":\"admin\",\"do\":\"revoke\",\"jti\":" + text(121) + "}",
              "jti",
              ErrorCode.BAD_REQUEST),
          new Wrong(
              "{\"op\":\"pref\",\"in\":\"g:x\",\"block\":true}", "block", ErrorCode.BAD_REQUEST),
          new Wrong(
              "{\"op\":\"sub\",\"in\":\"t:x\",\"after\":1,\"last\":1}",
              "last",
              ErrorCode.BAD_REQUEST),
          new Wrong(
              "{\"op\":\"sub\",\"in\":\"t:x\",\"after\":1,\"since\":\"c\"}",
              "since",
              ErrorCode.BAD_REQUEST),
          new Wrong(
              "{\"op\":\"sub\",\"in\":\"t:x\",\"last\":1,\"since\":\"c\"}",
              "since",
              ErrorCode.BAD_REQUEST));

  private Shapes() {}

  /// Every request of the table that is wrong in one place.
  static Stream<Wrong> wrong() {
    return Stream.concat(ALL.stream().flatMap(Shapes::wrong), OTHERS.stream());
  }

  private static Stream<Wrong> wrong(Shape shape) {
    List<Wrong> all = new ArrayList<>();
    for (Field field : shape.fields()) {
      if (field.required()) {
        all.add(new Wrong(shape.without(field.name()), field.name(), ErrorCode.BAD_REQUEST));
        all.add(new Wrong(shape.with(field.name(), "null"), field.name(), ErrorCode.BAD_REQUEST));
      }
      for (String value : field.illegal()) {
        all.add(new Wrong(shape.with(field.name(), value), field.name(), ErrorCode.BAD_REQUEST));
      }
      for (String value : field.tooLarge()) {
        all.add(new Wrong(shape.with(field.name(), value), field.name(), ErrorCode.TOO_LARGE));
      }
    }
    return all.stream();
  }

  /// Every request of the table that is right, up to the limits.
  static Stream<String> right() {
    return ALL.stream()
        .flatMap(shape ->
            Stream.concat(
                Stream.of(shape.least()),
                shape.fields().stream()
                    .flatMap(field ->
                        Stream.concat(
                                field.legal().stream(),
                                field.required() ? Stream.of() : Stream.of("null"))
                            .map(value -> shape.with(field.name(), value)))));
  }

  // How rows are written.

  private static Shape shape(String word, Field... fields) {
    return shape(word, "", fields);
  }

  private static Shape shape(String word, String alsoSaid, Field... fields) {
    return new Shape(word, alsoSaid, List.of(join(fields, ID, AS)));
  }

  private static Shape group(String word, String alsoSaid, Field... fields) {
    return shape("group " + word, alsoSaid, join(fields, GROUP, CID));
  }

  private static Field[] join(Field[] some, Field... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(Field[]::new);
  }

  private static Field of(String name, List<String> legal, List<String> illegal) {
    return new Field(name, false, legal, illegal, List.of());
  }

  private static Field text(String name, int bytesMax) {
    return of(
        name,
        List.of("\"\"", text(bytesMax), wide(bytesMax)),
        and(NO_TEXT, text(bytesMax + 1), wide(bytesMax + 2)));
  }

  private static Field filled(String name, int bytesMax) {
    return of(
        name,
        List.of("\"x\"", text(bytesMax), wide(bytesMax)),
        and(NO_TEXT, "\"\"", text(bytesMax + 1), wide(bytesMax + 2)));
  }

  private static Field oneLine(String name, int bytesMax) {
    Field filled = filled(name, bytesMax);
    return of(name, filled.legal(), and(filled.illegal(), "\"a\\nb\"", "\"\\u0000\""));
  }

  private static Field name(String name) {
    return of(
        name,
        List.of("\"zoe\"", text(64), "\"A.z_0~-@\""),
        and(NO_TEXT, "\"\"", text(65), "\"a b\"", "\"a/b\"", "\"u:zoe\"", wide(4)));
  }

  private static Field address(String name, String... prefixes) {
    List<String> legal = new ArrayList<>();
    List<String> illegal = new ArrayList<>(NO_TEXT);
    for (String prefix : List.of("u:", "g:", "a:", "t:", "p:", "p:g:")) {
      int bytesMax = prefix.equals("t:") ? 128 : 64;
      String longest = quoted(prefix + "n".repeat(bytesMax));
      if (List.of(prefixes).contains(prefix)) {
        legal.add(longest);
        illegal.add(quoted(prefix + "n".repeat(bytesMax + 1)));
        illegal.add(quoted(prefix));
        illegal.add(quoted(prefix + "a b"));
      } else {
        illegal.add(longest);
      }
    }
    illegal.addAll(List.of("\"\"", "\"zoe\"", "\"x:zoe\"", "\":\"", wide(10)));
    return of(name, legal, illegal);
  }

  private static Field integer(String name, long min, long max) {
    return of(
        name,
        List.of(Long.toString(min), Long.toString(max)),
        List.of(
            Long.toString(min - 1),
            Long.toString(max + 1),
            "99999999999999999999",
            "1.5",
            "1e1",
            "\"1\"",
            "true",
            "[]",
            "{}"));
  }

  private static Field position(String name) {
    return integer(name, 0, JsonScanner.INTEGER_MAX);
  }

  private static Field flag(String name) {
    return of(name, List.of("true", "false"), List.of("\"true\"", "1", "0", "[]", "{}"));
  }

  private static Field flagOrTime(String name) {
    return of(
        name,
        List.of("true", "false", "0", "9007199254740991"),
        List.of("-1", "9007199254740992", "1.5", "\"true\"", "[]", "{}"));
  }

  private static Field word(String name, String... words) {
    return of(
        name,
        Stream.of(words).map(Shapes::quoted).toList(),
        and(NO_TEXT, "\"\"", "\"other\"", quoted(words[0].toUpperCase(Locale.ROOT))));
  }

  private static Field names(String name, int countMin, int countMax) {
    List<String> illegal = new ArrayList<>(List.of("\"zoe\"", "1", "true", "{}"));
    illegal.addAll(List.of("[1]", "[\"\"]", "[\"a b\"]", "[null]", "[[]]", "[\"a\",1]"));
    illegal.add(list(countMax + 1));
    illegal.add("[" + text(65) + "]");
    if (countMin > 0) {
      illegal.add("[]");
    }
    return of(name, List.of(list(Math.max(countMin, 1)), list(countMax)), illegal);
  }

  private static Field texts(String name, int countMax, int bytesMax) {
    return of(
        name,
        List.of("{}", "{\"a\":\"\"}", "{" + text(bytesMax) + ":" + text(bytesMax) + "}"),
        List.of(
            "[]",
            "\"a\"",
            "1",
            "true",
            "{\"a\":1}",
            "{\"a\":null}",
            "{\"a\":{}}",
            "{\"a\":" + text(bytesMax + 1) + "}",
            "{" + text(bytesMax + 1) + ":\"a\"}",
            roles(countMax + 1)));
  }

  private static Field roles(String name, int countMax) {
    return of(
        name,
        List.of("{\"zoe\":\"mute\"}", roles(countMax), "{\"a\":\"member\",\"b\":\"owner\"}"),
        List.of(
            "{}",
            "[]",
            "\"owner\"",
            "1",
            "true",
            "{\"zoe\":1}",
            "{\"zoe\":null}",
            "{\"zoe\":\"boss\"}",
            "{\"zoe\":\"Owner\"}",
            "{\"a b\":\"owner\"}",
            "{\"\":\"owner\"}",
            "{\"a\":\"mute\",\"b\":{}}",
            roles(countMax + 1)));
  }

  private static Field data(String name, int bytesMax) {
    return new Field(
        name,
        false,
        List.of("0", "\"\"", "false", "[]", "{}", "\"\\ud800\"", text(bytesMax - 2)),
        List.of(),
        List.of(text(bytesMax - 1), "[" + text(bytesMax - 2) + "]"));
  }

  /// Not beside what the row says already.
  private static Field beside(String name) {
    return of(name, List.of(), List.of("\"x\"", "1"));
  }

  private static List<String> and(List<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  /// A text of so many bytes that may be a name.
  private static String text(int bytes) {
    return quoted("n".repeat(bytes));
  }

  /// A text of so many bytes in half as many characters.
  private static String wide(int bytes) {
    return quoted("\u00e9".repeat(bytes / 2));
  }

  private static String list(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"n" + i + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String roles(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"n" + i + "\":\"member\"")
        .collect(Collectors.joining(",", "{", "}"));
  }
}
