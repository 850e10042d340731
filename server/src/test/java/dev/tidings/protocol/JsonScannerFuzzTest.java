package dev.tidings.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The scanner judges every text as Jackson does. A build tries the seeds, which lie where Jazzer
/// looks for them, and a fixed number of mutations; to fuzz in earnest:
///
/// `JAZZER_FUZZ=1 mvn -pl server -am test -Dtest=JsonScannerFuzzTest
/// -Dsurefire.failIfNoSpecifiedTests=false`
///
/// What that finds becomes a seed.
class JsonScannerFuzzTest {
  private static final int MUTATIONS = 40_000;
  private static final long RANDOM_SEED = 8259;

  private final ScannerAgreement agreement = new ScannerAgreement();

  @FuzzTest(maxDuration = "3m")
  void agreesWithJackson(byte[] json) {
    agreement.check(json);
  }

  @Test
  void agreesWithJacksonOnMutations() {
    List<byte[]> seeds = Mutations.seeds(JsonScannerFuzzTest.class, "agreesWithJackson");
    Mutations mutations = new Mutations(seeds, RANDOM_SEED);
    int accepted = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      if (agreement.check(mutations.next())) {
        accepted++;
      }
    }
    // Both verdicts must be common, or the comparison says little.
    assertThat(accepted).isBetween(MUTATIONS / 20, MUTATIONS / 2);
  }
}
