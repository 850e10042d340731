package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.protocol.Shapes.Shape;
import dev.tidings.protocol.Shapes.Wrong;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the decoder and the table of [Shapes] to each other.
class ShapesTest {
  private static final String LARGE = "\"" + "x".repeat(40_000) + "\"";

  private final CommandDecoder decoder = new CommandDecoder();

  private Decoded decode(String unit) {
    byte[] bytes = unit.getBytes(UTF_8);
    return decoder.decode(bytes, 0, bytes.length);
  }

  /// A new op, or something new to `do`, needs a row.
  @Test
  void everyOpHasARow() {
    assertThat(Shapes.ALL)
        .extracting(Shape::word)
        .containsExactlyInAnyOrderElementsOf(CommandDecoder.vocabulary());
  }

  /// A field that an op reads needs a place in its row: whatever stands in any other is ignored.
  @Test
  void whatIsNotInItsRowAnOpDoesNotRead() {
    for (Shape shape : Shapes.ALL) {
      Set<String> own = shape.fields().stream().map(Shapes.Field::name).collect(Collectors.toSet());
      for (String field : decoder.fieldNames()) {
        if (!own.contains(field) && !field.equals("op") && !field.equals("do")) {
          for (String value : List.of("{}", "1.5", LARGE)) {
            assertThat(decode(shape.with(field, value)))
                .as("%s reads %s, which is not in its row of Shapes", shape.word(), field)
                .isInstanceOf(Decoded.Request.class);
          }
        }
      }
    }
  }

  @Test
  void everyFieldThatTheDecoderKnowsIsOfSomeOp() {
    Set<String> inRows =
        Shapes.ALL.stream()
            .flatMap(shape -> shape.fields().stream())
            .map(Shapes.Field::name)
            .collect(Collectors.toSet());
    inRows.addAll(List.of("op", "do"));
    assertThat(inRows).containsExactlyInAnyOrderElementsOf(decoder.fieldNames());
  }

  @Test
  void whatIsRightToTheLimitIsARequest() {
    assertThat(Shapes.right()).hasSizeGreaterThan(200);
    assertThat(Shapes.right().filter(unit -> decode(unit) instanceof Decoded.Refused))
        .as("refused")
        .isEmpty();
  }

  @Test
  void whatIsWrongInOnePlaceIsRefusedAndThePlaceIsNamed() {
    assertThat(Shapes.wrong()).hasSizeGreaterThan(600);
    for (Wrong wrong : (Iterable<Wrong>) Shapes.wrong()::iterator) {
      assertThat(decode(wrong.unit()))
          .as(wrong.toString())
          .isInstanceOfSatisfying(
              Decoded.Refused.class,
              refused -> {
                assertThat(refused.code()).isEqualTo(wrong.code());
                assertThat(refused.message()).startsWith(wrong.field());
              });
    }
  }

  /// A guard that cannot fail guards nothing.
  @Test
  void aFieldThatIsMissingInARowIsNoticed() {
    Shape poorer = new Shape("send", "\"to\":\"u:bob\",\"data\":1", List.of());
    assertThat(Stream.of("{}", "1.5", LARGE).map(value -> decode(poorer.with("cid", value))))
        .hasOnlyElementsOfType(Decoded.Refused.class);
  }
}
