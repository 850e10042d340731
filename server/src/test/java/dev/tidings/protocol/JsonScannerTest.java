package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.protocol.JsonScanner.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is legal and what is not, each also put before Jackson, and what values say.
class JsonScannerTest {
  private static final int NAME_CHARS_MAX = 50_000;

  private final JsonScanner scanner = new JsonScanner(CommandDecoder.DEPTH_MAX);

  static List<String> legal() {
    List<String> texts =
        new ArrayList<>(
            List.of(
                "{}",
                " \t\r\n{ } \t\r\n",
                json("{'':{'':[]}}"),
                json("{'a':1,'a':2,'a':null}"),
                json("{'a':[[],{},[{}],'',0,-0,1.5,true,false,null]}"),
                json("{ 'a' : [ 1 , 2 ] , 'b' : { 'c' : 3 } }"),
                json("{'a':0,'b':-0,'c':-0.0,'d':10,'e':1E5,'f':1e+05,'g':1e-5,'h':0e0}"),
                json("{'a':1e400,'b':-1e400,'c':1e99999999999,'d':1e-99999999999}"),
                json("{'a':'#'###/#b#f#n#r#t'}"),
                json("{'a':'#u0000#u007f#u00E9#u20ac#uD83D#uDE00'}"),
                json("{'a':'#ud800','b':'#udc00#ud800','c':['#ud83dx#ud83d#n']}"),
                json("{'#ud83d#ude00':{'x#udbff#udfff':1}}"),
                "{\"a\":\"\u007f\u0080\u2028\u2029\ufeff\ufffe\uffff\"}",
                "{\"\u00e9\u20ac\":\"\ud83d\ude00\udbff\udfff\"}",
                "{\"a\":" + "1".repeat(1000) + "}",
                "{\"a\":-" + "1".repeat(1000) + "}",
                "{\"a\":1." + "1".repeat(999) + "}",
                "{\"a\":1.1e-" + "1".repeat(998) + "}",
                "{\"a\":0." + "1".repeat(1000) + "}",
                "{\"a\":-0e+" + "1".repeat(1000) + "}",
                "{\"a\":0.0e" + "1".repeat(998) + "}",
                "{\"" + "x".repeat(NAME_CHARS_MAX) + "\":1}",
                "{\"" + "\u20ac".repeat(NAME_CHARS_MAX) + "\":1}",
                "{\"" + "\ud83d\ude00".repeat(NAME_CHARS_MAX / 2) + "\":1}",
                "{\"" + "\\u0041".repeat(NAME_CHARS_MAX) + "\":1}",
                "{\"a\":\"" + "x".repeat(NAME_CHARS_MAX + 1) + "\"}",
                "{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}",
                "{\"a\":".repeat(31) + "{}" + "}".repeat(31)));
    // Every length up to three words of eight bytes, so that each way through the fast loop is met.
    for (int length = 0; length <= 24; length++) {
      texts.add("{\"" + "n".repeat(length) + "\":\"" + "v".repeat(length) + "\"}");
      texts.add("{\"a\":\"" + "v".repeat(length) + "\u00e9\\n\"}");
    }
    return texts;
  }

  static List<String> illegal() {
    List<String> texts =
        new ArrayList<>(
            List.of(
                "",
                " ",
                "{",
                "}",
                "[]",
                "null",
                "1",
                "\"op\"",
                "{}{}",
                "{} x",
                "{}]",
                "{}\u0000",
                "\u0000{}",
                "\ufeff{}",
                "{}\ufeff",
                "{\u00a0}",
                "{\f}",
                "{\u000b}",
                "{,}",
                "{1:1}",
                "{null:1}",
                "{a:1}",
                "{'a':1}",
                json("{'a'}"),
                json("{'a':}"),
                json("{'a' 1}"),
                json("{'a'::1}"),
                json("{'a':1,}"),
                json("{'a':1,,'b':2}"),
                json("{'a':1 'b':2}"),
                json("{'a':1]"),
                json("{'a':[1}"),
                json("{'a':[1,]}"),
                json("{'a':[,1]}"),
                json("{'a':[1 2]}"),
                json("{'a':{'b'}}"),
                json("{'a':{'b':1,}}"),
                json("{'a':{,}}"),
                json("{'a':[}"),
                json("{'a':{]}"),
                json("{'a':01}"),
                json("{'a':-01}"),
                json("{'a':00}"),
                json("{'a':+1}"),
                json("{'a':-}"),
                json("{'a':.5}"),
                json("{'a':-.5}"),
                json("{'a':1.}"),
                json("{'a':1.e5}"),
                json("{'a':1e}"),
                json("{'a':1e+}"),
                json("{'a':1.2.3}"),
                json("{'a':0x10}"),
                json("{'a':1x}"),
                json("{'a':1'b':2}"),
                json("{'a':NaN}"),
                json("{'a':Infinity}"),
                json("{'a':-Infinity}"),
                json("{'a':TRUE}"),
                json("{'a':tru}"),
                json("{'a':truex}"),
                json("{'a':nul}"),
                json("{'a':undefined}"),
                json("{/**/}"),
                json("{'a':1//\n}"),
                "{\"a\":1#\n}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\u0000\"}",
                "{\"a\":\"\u001f\"}",
                "{\"\t\":1}",
                "{\"a\":\"\\\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\'\"}",
                "{\"a\":\"\\",
                "{\"a\":\"\\\"}",
                json("{'a':'#u00e'}"),
                json("{'a':'#u00g0'}"),
                json("{'a':'#U0041'}"),
                json("{'a':'#u00\u06630'}"),
                json("{'#ud800':1}"),
                json("{'#udc00':1}"),
                json("{'#ud800x':1}"),
                json("{'#ud800#n':1}"),
                json("{'#ud800#u0041':1}"),
                json("{'#ud83d#ude00#ude00':1}"),
                json("{'a':[{'#ud800':1}]}"),
                "{\"a\":" + "1".repeat(1001) + "}",
                "{\"a\":1." + "1".repeat(1000) + "}",
                "{\"a\":1e" + "1".repeat(1000) + "}",
                "{\"a\":1.1e-" + "1".repeat(999) + "}",
                "{\"a\":0." + "1".repeat(1001) + "}",
                "{\"a\":0e" + "1".repeat(1001) + "}",
                "{\"a\":0.0e" + "1".repeat(999) + "}",
                "{\"" + "x".repeat(NAME_CHARS_MAX + 1) + "\":1}",
                "{\"" + "\ud83d\ude00".repeat(NAME_CHARS_MAX / 2) + "x\":1}",
                "{\"" + "\\u0041".repeat(NAME_CHARS_MAX) + "x\":1}",
                "{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}",
                "{\"a\":".repeat(32) + "{}" + "}".repeat(32),
                "{\"a\":" + "[".repeat(100_000)));
    String whole = "{\"ab\":[{\"c\":\"d\\u00e9\",\"e\":-1.5e-7},true,null]}";
    for (int length = 0; length < whole.length(); length++) {
      texts.add(whole.substring(0, length));
    }
    for (int at = 1; at <= 24; at++) { // a control character at each place of the fast loop
      texts.add("{\"a\":\"" + "v".repeat(at) + "\u0001" + "v".repeat(24) + "\"}");
    }
    return texts;
  }

  /// In the bytes of a string, one character each below.
  static Stream<String> badUtf8() {
    return Stream.of(
        "\u0080",
        "\u00bf",
        "\u00c0\u0080",
        "\u00c1\u00bf",
        "\u00c2",
        "\u00c2x",
        "\u00c2\u00c0",
        "\u00e0\u0080\u0080",
        "\u00e0\u009f\u00bf",
        "\u00e1\u0080",
        "\u00e1\u0080x",
        "\u00ed\u00a0\u0080",
        "\u00ed\u00bf\u00bf",
        "\u00f0\u0080\u0080\u0080",
        "\u00f0\u008f\u00bf\u00bf",
        "\u00f1\u0080\u0080",
        "\u00f1\u0080\u0080x",
        "\u00f4\u0090\u0080\u0080",
        "\u00f5\u0080\u0080\u0080",
        "\u00f8\u0088\u0080\u0080\u0080",
        "\u00fe",
        "\u00ff");
  }

  static Stream<String> edgesOfUtf8() {
    return Stream.of(
        "\u00c2\u0080",
        "\u00df\u00bf",
        "\u00e0\u00a0\u0080",
        "\u00ec\u00bf\u00bf",
        "\u00ed\u009f\u00bf",
        "\u00ee\u0080\u0080",
        "\u00ef\u00bf\u00bf",
        "\u00f0\u0090\u0080\u0080",
        "\u00f3\u00bf\u00bf\u00bf",
        "\u00f4\u008f\u00bf\u00bf");
  }

  @ParameterizedTest
  @MethodSource("legal")
  void acceptsWhatIsLegal(String text) {
    assertThat(accepts(text.getBytes(UTF_8))).as("%s", scanner.fault()).isTrue();
    assertThat(JacksonReading.object(text.getBytes(UTF_8))).isPresent();
  }

  @ParameterizedTest
  @MethodSource("illegal")
  void refusesWhatIsNot(String text) {
    assertThat(accepts(text.getBytes(UTF_8))).isFalse();
    assertThat(scanner.fault()).isNotEmpty();
    assertThat(scanner.faultOffset()).isBetween(0, text.getBytes(UTF_8).length);
    assertThat(JacksonReading.object(text.getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("badUtf8")
  void refusesBadUtf8WhereverItStands(String bytes) {
    for (int at = 0; at <= 9; at++) {
      String string = "x".repeat(at) + bytes;
      assertThat(accepts(("{\"a\":\"" + string + "\"}").getBytes(ISO_8859_1))).isFalse();
      assertThat(accepts(("{\"a\":\"" + string).getBytes(ISO_8859_1))).isFalse();
      assertThat(accepts(("{\"" + string + "\":1}").getBytes(ISO_8859_1))).isFalse();
      assertThat(accepts(("{\"a\":[{\"b\":\"" + string + "\"}]}").getBytes(ISO_8859_1))).isFalse();
    }
    assertThat(accepts(("{" + bytes + "}").getBytes(ISO_8859_1))).isFalse();
  }

  @ParameterizedTest
  @MethodSource("edgesOfUtf8")
  void acceptsTheFirstAndLastOfEachRangeOfUtf8(String bytes) {
    for (int at = 0; at <= 9; at++) {
      String string = "x".repeat(at) + bytes;
      assertThat(accepts(("{\"a\":\"" + string + "\"}").getBytes(ISO_8859_1))).isTrue();
      assertThat(accepts(("{\"a\":\"" + string).getBytes(ISO_8859_1))).isFalse();
    }
  }

  @Test
  void looksAtNothingOutsideTheRange() {
    byte[] bytes = "{\"a\":\"12345678\"}{\"b\":\"\u0001\"}".getBytes(UTF_8);
    scanner.start(bytes, 0, 16);
    assertThat(scanner.nextField()).isTrue();
    assertThat(scanner.nextField()).isFalse();
    assertThat(scanner.isWhole()).isTrue();
    for (int to = 0; to < 16; to++) {
      scanner.start(bytes, 0, to);
      while (scanner.nextField()) {
        assertThat(scanner.valueTo()).isLessThanOrEqualTo(to);
      }
      assertThat(scanner.isWhole()).isFalse();
    }
  }

  @Test
  void namesTheFaultAndItsPlaceInTheText() {
    byte[] bytes = "padding {\"a\":tru}".getBytes(UTF_8);
    scanner.start(bytes, 8, bytes.length);
    assertThat(scanner.nextField()).isFalse();
    assertThat(scanner.fault()).isEqualTo("value expected");
    assertThat(scanner.faultOffset()).isEqualTo(5);
  }

  @Test
  void isNotWholeBeforeTheEnd() {
    assertThat(scanner.nextField()).isFalse();
    assertThat(scanner.isWhole()).isFalse();
    scanner.start("{\"a\":1}".getBytes(UTF_8), 0, 7);
    assertThat(scanner.isWhole()).isFalse();
    assertThat(scanner.nextField()).isTrue();
    assertThat(scanner.isWhole()).isFalse();
    assertThat(scanner.nextField()).isFalse();
    assertThat(scanner.isWhole()).isTrue();
    assertThat(scanner.nextField()).isFalse();
    assertThat(scanner.isWhole()).isTrue();
  }

  @Test
  void givesEachFieldWithKindAndRange() {
    String text =
        " {\"n\":null, \"b\":true,\"i\":-7 ,\"d\":7.0,\"s\":\"x\",\"a\":[1, 2],\"o\":{} }";
    byte[] bytes = text.getBytes(UTF_8);
    List<String> fields = new ArrayList<>();
    scanner.start(bytes, 0, bytes.length);
    while (scanner.nextField()) {
      String value = text.substring(scanner.valueFrom(), scanner.valueTo());
      fields.add((char) scanner.nameWord() + " " + scanner.kind() + " " + value);
    }
    assertThat(fields)
        .containsExactly(
            "n NULL null",
            "b BOOLEAN true",
            "i INTEGER -7",
            "d DECIMAL 7.0",
            "s STRING \"x\"",
            "a ARRAY [1, 2]",
            "o OBJECT {}");
  }

  @Test
  void aNumberIsDecimalWhateverItsNeighbours() {
    assertThat(kindOf("[1.5]")).isEqualTo(Kind.ARRAY);
    byte[] bytes = "{\"a\":[1.5],\"b\":1,\"c\":{\"d\":1},\"e\":1e0,\"f\":2}".getBytes(UTF_8);
    scanner.start(bytes, 0, bytes.length);
    List<Kind> kinds = new ArrayList<>();
    while (scanner.nextField()) {
      kinds.add(scanner.kind());
    }
    assertThat(kinds)
        .containsExactly(Kind.ARRAY, Kind.INTEGER, Kind.OBJECT, Kind.DECIMAL, Kind.INTEGER);
  }

  @Test
  void resolvesEscapesInNames() {
    assertThat(nameWord("op")).isEqualTo(Word.of("op"));
    assertThat(nameWord("\\u006f\\u0070")).isEqualTo(Word.of("op"));
    assertThat(nameWord("o\\u0070")).isEqualTo(Word.of("op"));
    assertThat(nameWord("\\u00e9\\n")).isEqualTo(Word.of("\u00e9\n"));
    assertThat(nameWord("\\ud83d\\ude00")).isEqualTo(Word.of("\ud83d\ude00"));
    assertThat(nameWord("\\u0061".repeat(8))).isEqualTo(Word.of("aaaaaaaa"));
  }

  @Test
  void noNamePassesForAnother() {
    assertThat(nameWord("op\\u0000")).isEqualTo(Word.NONE);
    assertThat(nameWord("\\u0061".repeat(9))).isEqualTo(Word.NONE);
    assertThat(nameWord("aaaaaaaaa")).isEqualTo(Word.NONE);
    assertThat(nameWord("Op")).isNotEqualTo(Word.of("op"));
    assertThat(nameWord("")).isEqualTo(Word.of("")).isNotEqualTo(Word.NONE);
    assertThat(nameWord("\u00ff\u00ff\u00ff\u00ff")).isNotEqualTo(Word.NONE);
  }

  @Test
  void readsTextUpToABoundInBytes() {
    assertThat(text("\"\"", 0)).isEmpty();
    assertThat(text("\"abc\"", 3)).isEqualTo("abc");
    assertThat(text("\"abc\"", 2)).isNull();
    assertThat(text("\"\u20ac\"", 3)).isEqualTo("\u20ac");
    assertThat(text("\"\u20ac\"", 2)).isNull();
    assertThat(text("\"\\u20ac\"", 3)).isEqualTo("\u20ac");
    assertThat(text("\"\\u20ac\"", 2)).isNull();
    assertThat(text("\"\\ud83d\\ude00\"", 4)).isEqualTo("\ud83d\ude00");
    assertThat(text("\"\\ud83d\\ude00\"", 3)).isNull();
    assertThat(text("\"\\u0061\\n\\\\\\/\\\"\"", 5)).isEqualTo("a\n\\/\"");
    assertThat(text("\"" + "\\u0041".repeat(9000) + "\"", 9000)).isEqualTo("A".repeat(9000));
  }

  @Test
  void unescapesTheFirstAndLastOfEachLengthOfUtf8() {
    for (int character :
        List.of(0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x90000, 0x10FFFF)) {
      String written = Character.toString(character);
      StringBuilder escapes = new StringBuilder("\"");
      written.chars().forEach(unit -> escapes.append(String.format("\\u%04X", unit)));
      assertThat(text(escapes.append('"').toString(), 4)).isEqualTo(written);
    }
  }

  @Test
  void halfASurrogatePairIsNoText() {
    assertThat(text("\"\\ud83d\"", 64)).isNull();
    assertThat(text("\"\\ude00\"", 64)).isNull();
    assertThat(text("\"\\ud83d\\n\"", 64)).isNull();
    assertThat(text("\"\\ud83dx\\ude00\"", 64)).isNull();
    assertThat(text("\"\\ud83d\\ud83d\\ude00\"", 64)).isNull();
  }

  @Test
  void readsIntegersUpTo53Bits() {
    assertThat(integer("0")).isZero();
    assertThat(integer("-0")).isZero();
    assertThat(integer("42")).isEqualTo(42);
    assertThat(integer("9007199254740991")).isEqualTo(JsonScanner.INTEGER_MAX);
    assertThat(integer("-9007199254740991")).isEqualTo(-JsonScanner.INTEGER_MAX);
    assertThat(integer("9007199254740992")).isEqualTo(JsonScanner.NO_INTEGER);
    assertThat(integer("-9007199254740992")).isEqualTo(JsonScanner.NO_INTEGER);
    assertThat(integer("18446744073709551617")).isEqualTo(JsonScanner.NO_INTEGER); // 2^64 + 1
    assertThat(integer("9".repeat(1000))).isEqualTo(JsonScanner.NO_INTEGER);
  }

  @Test
  void readsListsOfStrings() {
    assertThat(texts("[]", 0, 9)).isEmpty();
    assertThat(texts("[ \"a\" ,\"b\\n\"]", 2, 9)).containsExactly("a", "b\n");
    assertThat(texts("[\"a\",\"b\"]", 1, 9)).isNull();
    assertThat(texts("[\"abc\"]", 1, 2)).isNull();
    assertThat(texts("[\"a\",1]", 9, 9)).isNull();
    assertThat(texts("[[\"a\"]]", 9, 9)).isNull();
    assertThat(texts("[null]", 9, 9)).isNull();
    assertThat(texts("[\"\\ud800\"]", 9, 9)).isNull();
  }

  @Test
  void depthIsTheCallersChoice() {
    JsonScanner flat = new JsonScanner(1);
    byte[] bytes = "{\"a\":1,\"b\":[]}".getBytes(UTF_8);
    flat.start(bytes, 0, bytes.length);
    assertThat(flat.nextField()).isTrue();
    assertThat(flat.nextField()).isFalse();
    assertThat(flat.fault()).isEqualTo("nested too deep");

    JsonScanner deep = new JsonScanner(64);
    byte[] mixed =
        ("{\"a\":" + "[{\"b\":".repeat(31) + "[]" + "}]".repeat(31) + "}").getBytes(UTF_8);
    deep.start(mixed, 0, mixed.length);
    assertThat(deep.nextField()).isTrue();
    assertThat(deep.nextField()).isFalse();
    assertThat(deep.isWhole()).isTrue();

    assertThatThrownBy(() -> new JsonScanner(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new JsonScanner(65)).isInstanceOf(IllegalStateException.class);
  }

  /// JSON as it is read best in Java: `'` for the quote and `#` for the backslash.
  private static String json(String text) {
    return text.replace('\'', '"').replace('#', '\\');
  }

  private boolean accepts(byte[] json) {
    scanner.start(json, 0, json.length);
    while (scanner.nextField()) {
      assertThat(scanner.valueFrom()).isLessThan(scanner.valueTo());
    }
    return scanner.isWhole();
  }

  /// Stands at the only field of an object, with `value`.
  private void enter(String value) {
    byte[] bytes = ("{\"a\": " + value + " }").getBytes(UTF_8);
    scanner.start(bytes, 0, bytes.length);
    assertThat(scanner.nextField()).isTrue();
  }

  private long nameWord(String name) {
    byte[] bytes = ("{\"" + name + "\":1}").getBytes(UTF_8);
    scanner.start(bytes, 0, bytes.length);
    assertThat(scanner.nextField()).isTrue();
    return scanner.nameWord();
  }

  private Kind kindOf(String value) {
    enter(value);
    return scanner.kind();
  }

  private @Nullable String text(String value, int bytesMax) {
    enter(value);
    String text = scanner.text(scanner.valueFrom(), scanner.valueTo(), bytesMax);
    assertThat(scanner.isText(scanner.valueFrom(), scanner.valueTo(), bytesMax))
        .isEqualTo(text != null);
    return text;
  }

  private long integer(String value) {
    enter(value);
    return scanner.integer(scanner.valueFrom(), scanner.valueTo());
  }

  private @Nullable List<String> texts(String value, int countMax, int bytesMax) {
    enter(value);
    return scanner.texts(scanner.valueFrom(), scanner.valueTo(), countMax, bytesMax);
  }
}
