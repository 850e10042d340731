package dev.tidings;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Words that must not stand in the code because they make a run different from the one before: the
/// system clock, chance, and sleeping. Comments and strings may speak of them.
record BannedWords(List<Ban> bans) {
  /// A call, the packages that may make it, and what others use in its place.
  record Ban(Pattern call, Set<String> allowedIn, String substitute) {
    Ban(String call, Set<String> allowedIn, String substitute) {
      this(Pattern.compile(call), allowedIn, substitute);
    }
  }

  private static final String CLOCK = "`Clock` of the package base";
  private static final String IDS = "`Ids` of the package base";

  /// For the sources of the server: only `base` asks the machine for time and chance.
  static final BannedWords IN_THE_SERVER =
      new BannedWords(
          List.of(
              new Ban(
                  "\\b(Instant|Local(Date|Time|DateTime)|(Zoned|Offset)DateTime)\\s*\\.\\s*now\\b",
                  Set.of("base"),
                  CLOCK),
              new Ban("\\bSystem\\s*\\.\\s*currentTimeMillis\\b", Set.of("base"), CLOCK),
              new Ban("\\bSystem\\s*\\.\\s*nanoTime\\b", Set.of("base", "lane"), CLOCK),
              new Ban("\\bnew\\s+Random\\s*\\(", Set.of("base"), IDS),
              new Ban("\\bThreadLocalRandom\\b", Set.of("base"), IDS),
              new Ban("\\bMath\\s*\\.\\s*random\\b", Set.of("base"), IDS),
              new Ban("\\bUUID\\s*\\.\\s*randomUUID\\b", Set.of("base"), IDS)));

  /// For all tests: who sleeps is either too slow or, on a busy machine, too fast.
  static final BannedWords IN_TESTS =
      new BannedWords(
          List.of(
              new Ban(
                  "\\bThread\\s*\\.\\s*sleep\\b|\\bTimeUnit\\s*\\.\\s*\\w+\\s*\\.\\s*sleep\\b",
                  Set.of(),
                  "a fake clock, or Awaitility where a real socket answers")));

  /// A comment, a text block, a string or a character: whatever begins first.
  private static final Pattern NOT_CODE =
      Pattern.compile(
          "//[^\\n]*"
              + "|/\\*.*?\\*/"
              + "|\"\"\"(?:[^\"\\\\]++|\\\\.|\"(?!\"\"))*+\"\"\""
              + "|\"(?:\\\\.|[^\"\\\\\\n])*\""
              + "|'(?:\\\\.|[^'\\\\\\n])*'",
          Pattern.DOTALL);

  /// Every banned call in one source file, each with its line. `place` is the first package below
  /// `dev.tidings`, or empty for the root.
  List<String> violations(String file, String place, String source) {
    String code =
        NOT_CODE
            .matcher(source)
            .replaceAll(
                found -> "\n".repeat((int) found.group().chars().filter(c -> c == '\n').count()));
    List<String> lines = code.lines().toList();
    return IntStream.range(0, lines.size())
        .boxed()
        .flatMap(line ->
            bans.stream()
                .filter(ban -> !ban.allowedIn().contains(place))
                .filter(ban -> ban.call().matcher(lines.get(line)).find())
                .map(ban ->
                    "%s:%d: `%s`: use %s"
                        .formatted(file, line + 1, lines.get(line).strip(), ban.substitute())))
        .toList();
  }
}
