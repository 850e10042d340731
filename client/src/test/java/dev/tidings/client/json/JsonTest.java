package dev.tidings.client.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "1.5e+10",
        "-12.25E-3",
        "\"\"",
        "\"a\\u00e9\\n\\/\"",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "[1,[2,{\"a\":[]}]]",
        " { \"a\" : 1 , \"b\" : [ ] } ",
        "\"\\ud83d\\ude00\""
      })
  void acceptsWhatTheGrammarAllows(String text) {
    Json value = Json.parse(text);

    assertThat(Json.parse(value.text())).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "-",
        "NaN",
        "tru",
        "truee",
        "'a'",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u１２３４\"",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\":1]",
        "[1}",
        "1 2",
        "{} {}",
        "\u00a0 1",
        "//x\n1"
      })
  void refusesWhatItDoesNot(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    assertThat(Json.parse("[".repeat(64) + "]".repeat(64))).isInstanceOf(Json.Arr.class);
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(JsonException.class);
  }

  @Test
  void aPayloadStaysAsItWasWritten() {
    String payload = "{ \"n\":1.50, \"n\":2,  \"s\":\"\\u00e9\" }";

    Json.Obj unit = Json.parseUnit("{\"op\":\"msg\",\"items\":[{\"data\":" + payload + "}]}");

    assertThat(unit.objects("items").getFirst().member("data").orElseThrow().text())
        .isEqualTo(payload);
    assertThat(unit.text()).contains(payload);
  }

  @Test
  void aUnitIsAnObject() {
    assertThatThrownBy(() -> Json.parseUnit("[]")).isInstanceOf(JsonException.class);
  }

  @Test
  void aUnitStaysOnOneLineWhateverThePayload() {
    Json.Obj unit = Json.object().put("data", Json.raw("{\n\"a\":\r\n1}")).build();

    assertThat(unit.text()).doesNotContain("\n", "\r");
    assertThat(Json.parse(unit.text())).isEqualTo(Json.parse("{\"data\":{\"a\":1}}"));
  }

  @Test
  void ofRepeatedKeysTheLastWins() {
    assertThat(Json.parseUnit("{\"a\":1,\"a\":2}").number("a")).hasValue(2);
  }

  @Test
  void nullMeansAbsentAndAnotherTypeReadsAsAbsent() {
    Json.Obj unit = Json.parseUnit("{\"a\":null,\"b\":\"1\",\"c\":1.0,\"d\":99999999999999999999}");

    assertThat(unit.member("a")).isEmpty();
    assertThat(unit.number("b")).isEmpty();
    assertThat(unit.number("c")).isEmpty();
    assertThat(unit.number("d")).isEmpty();
    assertThat(unit.string("c")).isEmpty();
    assertThat(unit.objects("b")).isEmpty();
  }

  @Test
  void loneSurrogatesAreEscapedBecauseUtf8HasNoPlaceForThem() {
    assertThat(Json.of("a\ud800b").text()).isEqualTo("\"a\\ud800b\"");
    assertThat(Json.of("\ude00").text()).isEqualTo("\"\\ude00\"");
    assertThat(Json.of("\ud83d\ude00").text()).isEqualTo("\"\ud83d\ude00\"");
  }

  @Test
  void aNumberMustBeOne() {
    assertThatThrownBy(() -> new Json.Num("1,2")).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> Json.raw("{")).isInstanceOf(JsonException.class);
  }

  @Test
  void whatIsWrittenReadsTheSame() {
    for (int seed = 0; seed < 500; seed++) {
      Json value = any(new Random(seed), 4);

      assertThat(Json.parse(value.text())).as("seed %d", seed).isEqualTo(value);
    }
  }

  private static Json any(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> Json.of(random.nextLong());
      case 1 -> Json.of(random.nextBoolean());
      case 2 -> new Json.Null();
      case 3 -> new Json.Num(Double.toString(random.nextGaussian()));
      case 4 -> Json.of(text(random));
      case 5 -> {
        List<Json> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(any(random, depth - 1));
        }
        yield new Json.Arr(items);
      }
      default -> {
        ObjBuilder object = Json.object();
        for (int i = random.nextInt(4); i > 0; i--) {
          object.put(text(random), any(random, depth - 1));
        }
        yield object.build();
      }
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append((char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
    }
    return text.toString();
  }
}
