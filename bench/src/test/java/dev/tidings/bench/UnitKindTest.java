package dev.tidings.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitKindTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"op":"ok","id":1}          | OK
          {"op":"msg","in":"u:bob"}   | MSG
          {"op":"welcome","v":1}      | WELCOME
          {"op":"ping"}               | PING
          {"op":"pong"}               | OTHER
          {"op":"presence","on":true} | OTHER
          {"op":"mark","in":"u:bob"}  | OTHER
          {"op":"err","code":"rate"}  | OTHER
          {"op":"bye","code":"slow"}  | OTHER
          {"id":1,"op":"ok"}          | OTHER
          {}                          | OTHER
          """)
  void aUnitIsKnownByTheFirstLettersOfItsOp(String unit, UnitKind kind) {
    byte[] bytes = LoadConnection.ascii("x" + unit);
    assertThat(UnitKind.of(bytes, 1, bytes.length)).isEqualTo(kind);
  }
}
