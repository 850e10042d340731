package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tidings.protocol.Decoded.Refused;
import dev.tidings.protocol.Decoded.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whatever the bytes, the decoder answers: `bad_json` exactly where Jackson reads no object, and
/// the same whatever it decoded before and wherever in a buffer the unit lies. To fuzz in earnest:
///
/// `JAZZER_FUZZ=1 mvn -pl server -am test -Dtest=CommandDecoderFuzzTest
/// -Dsurefire.failIfNoSpecifiedTests=false`
class CommandDecoderFuzzTest {
  private static final int MUTATIONS = 25_000;
  private static final long RANDOM_SEED = 6455;

  /// What a decoder refuses by itself; all else takes state.
  private static final Set<ErrorCode> CODES =
      EnumSet.of(
          ErrorCode.BAD_JSON, ErrorCode.BAD_REQUEST, ErrorCode.UNKNOWN_OP, ErrorCode.TOO_LARGE);

  private final CommandDecoder used = new CommandDecoder();

  @FuzzTest(maxDuration = "3m")
  void alwaysAnswers(byte[] unit) {
    check(unit);
  }

  @Test
  void alwaysAnswersOnMutations() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.addAll(Mutations.seeds(CommandDecoderFuzzTest.class, "alwaysAnswers"));
    seeds.addAll(Mutations.seeds(JsonScannerFuzzTest.class, "agreesWithJackson"));
    Mutations mutations = new Mutations(seeds, RANDOM_SEED);
    int requests = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      if (check(mutations.next()) instanceof Request) {
        requests++;
      }
    }
    assertThat(requests).isBetween(MUTATIONS / 50, MUTATIONS / 2);
  }

  private Decoded check(byte[] unit) {
    Decoded decoded = used.decode(unit, 0, unit.length);
    switch (decoded) {
      case Request request -> {
        assertThat(request.command().head().op()).isNotEmpty();
        assertThat(JacksonReading.object(unit)).isPresent();
      }
      case Refused refused -> {
        assertThat(refused.code()).isIn(CODES);
        assertThat(refused.message()).isNotEmpty();
        boolean illegal = refused.code() == ErrorCode.BAD_JSON;
        assertThat(JacksonReading.object(unit).isEmpty()).isEqualTo(illegal);
        if (illegal) {
          assertThat(refused.head()).isEqualTo(Head.of(""));
        }
      }
    }
    byte[] around = new byte[unit.length + 16];
    Arrays.fill(around, (byte) '"');
    System.arraycopy(unit, 0, around, 8, unit.length);
    assertThat(show(new CommandDecoder().decode(around, 8, 8 + unit.length)))
        .isEqualTo(show(decoded));
    return decoded;
  }

  /// An answer as text, with the bytes of a payload, which a record does not compare.
  private static String show(Decoded decoded) {
    return decoded instanceof Request(Command.Send send)
        ? decoded + new String(send.data().json(), UTF_8)
        : decoded.toString();
  }
}
