package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.bench.process.BenchFailure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

class PayloadTest {
  private static ByteBuffer buffer(String text) {
    byte[] bytes = Bytes.ascii(text);
    return ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.LITTLE_ENDIAN).put(0, bytes);
  }

  private static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1",
    "1, 7, 42",
    "123456789, 15000, 9999999999",
    "86400000000000, 89999, 1234567890"
  })
  void whatWasStampedIsRead(long dueNanos, int stream, long number) {
    Payload payload = new Payload(128);
    payload.stamp(dueNanos, stream, number);
    ByteBuffer in = buffer("..." + text(payload) + "...");
    int at = Payload.find(in, 0, in.capacity(), -1);
    assertThat(at).isEqualTo(3);
    assertThat(Payload.dueNanos(in, at)).isEqualTo(dueNanos);
    assertThat(Payload.stream(in, at)).isEqualTo(stream);
    assertThat(Payload.number(in, at)).isEqualTo(number);
  }

  @Test
  void itIsJsonOfTheLengthAskedFor() {
    for (int length = Payload.BYTES_MIN; length < 200; length++) {
      Payload payload = new Payload(length);
      payload.stamp(5, 2, 3);
      assertThat(text(payload)).hasSize(length);
      assertThat(new ObjectMapper().readTree(text(payload)).path("n").asLong())
          .isEqualTo(1_000_020_000_000_003L);
    }
  }

  @Test
  void itIsFoundWhereItWasLastTimeAndElsewhere() {
    Payload payload = new Payload(64);
    payload.stamp(1, 1, 1);
    String unit = "{\"op\":\"msg\",\"data\":" + text(payload) + ",\"ts\":1767225600123}";
    ByteBuffer in = buffer(unit + unit);
    int at = unit.indexOf("{\"ts\"");
    assertThat(Payload.find(in, 0, unit.length(), at)).isEqualTo(at);
    assertThat(Payload.find(in, 0, unit.length(), at - 1)).isEqualTo(at);
    assertThat(Payload.find(in, 0, unit.length(), 100_000)).isEqualTo(at);
    assertThat(Payload.find(in, at + 1, in.capacity(), at)).isEqualTo(unit.length() + at);
  }

  @Test
  void halfAPayloadIsNone() {
    Payload payload = new Payload(Payload.BYTES_MIN);
    payload.stamp(1, 1, 1);
    ByteBuffer in = buffer(text(payload));
    assertThat(Payload.find(in, 0, Payload.BYTES_MIN, 0)).isZero();
    assertThat(Payload.find(in, 0, Payload.BYTES_MIN - 1, 0)).isEqualTo(-1);
    assertThat(Payload.find(in, 0, 3, 0)).isEqualTo(-1);
  }

  @Test
  void digitsThatAreNoneEndTheRun() {
    Payload payload = new Payload(64);
    payload.stamp(1, 1, 1);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = payload.bytes().clone();
      int wrong = random.nextInt(256);
      if (wrong >= '0' && wrong <= '9') {
        continue;
      }
      bytes[7 + random.nextInt(15)] = (byte) wrong;
      ByteBuffer in =
          ByteBuffer.allocate(bytes.length).order(ByteOrder.LITTLE_ENDIAN).put(0, bytes);
      assertThatThrownBy(() -> Payload.dueNanos(in, 0)).isInstanceOf(BenchFailure.class);
    }
  }

  @Test
  void tooShortAPayloadIsRefused() {
    assertThatThrownBy(() -> new Payload(Payload.BYTES_MIN - 1)).hasMessageContaining("51");
  }
}
