package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.transport.CaseReports.Case;
import dev.tidings.transport.FuzzingClient.Examinee;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// RFC 6455 as the Autobahn test suite reads it: framing (1, 2), reserved bits and opcodes (3, 4),
/// fragments (5), UTF-8 (6), closing (7), and automatic fragmentation (10). Left out are 9, which
/// measures, and 12 and 13, which are about compression that we do not offer.
///
/// Run by `mvn -P autobahn verify`; reports to look at are in `target/autobahn/reports`.
@Tag("autobahn")
class WebSocketConformanceTest {
  private static final List<String> CASES =
      List.of("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*");

  /// How many that are; fewer would mean that some did not run.
  private static final int CASES_COUNT = 247;

  private static final Path FOLDER = Path.of("target", "autobahn");

  /// A reserved bit is set, so the server must close with 1002.
  private static final String RESERVED_BIT = "3.1";

  /// Bytes that are no text.
  private static final String BROKEN_TEXT = "6.3.1";

  private static CaseReports ours;
  private static CaseReports careless;

  @BeforeAll
  static void examine() throws Exception {
    try (EchoServer right = new EchoServer(EchoServer.Conduct.RIGHT);
        EchoServer wrong = new EchoServer(EchoServer.Conduct.CARELESS)) {
      Path reports =
          new FuzzingClient(FOLDER.resolve("jars"), FOLDER)
              .run(
                  CASES,
                  List.of(
                      new Examinee("tidings", right.url(), ""),
                      new Examinee("careless", wrong.url(), allBut(RESERVED_BIT, BROKEN_TEXT))));
      ours = CaseReports.read(reports, "tidings");
      careless = CaseReports.read(reports, "careless");
    }
  }

  /// The client turns a pattern into a regular expression, so it may be one.
  private static String allBut(String... cases) {
    return "(?!(" + String.join("|", cases) + ")$)*";
  }

  @Test
  void everyCaseIsAnsweredAndClosedAsTheRfcSays() {
    assertThat(ours.faults()).isEmpty();
    assertThat(ours.cases()).hasSize(CASES_COUNT);
  }

  /// A gate that cannot fail guards nothing. In the first case all is well but the close.
  @Test
  void aCarelessServerIsRefused() {
    assertThat(careless.faults())
        .containsExactly(
            new Case(RESERVED_BIT, "OK", "WRONG CODE"),
            new Case(BROKEN_TEXT, "FAILED", "WRONG CODE"));
  }
}
