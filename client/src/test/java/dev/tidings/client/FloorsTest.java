package dev.tidings.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The rooms of the client, from the ground up: each sees only those below.
class FloorsTest {
  private static final Path ROOT = Path.of("src/main/java/dev/tidings/client");
  private static final List<String> FLOORS = List.of("json", "model", "core", "transport", "");
  private static final Pattern IMPORT =
      Pattern.compile("import dev\\.tidings\\.client(?:\\.([a-z]+))?\\.[A-Z]");
  private static final Pattern NOISE =
      Pattern.compile(
          "java\\.net|java\\.io|java\\.nio\\.(?!charset)|\\bThread\\b|System\\.|\\bInstant\\b|SecureRandom"
              + "|synchronized|volatile");

  static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void aPackageSeesOnlyLowerFloors(Path file) {
    int floor = FLOORS.indexOf(room(file));
    assertThat(floor).as("floor of %s", file).isNotNegative();

    Matcher imports = IMPORT.matcher(read(file));
    while (imports.find()) {
      String seen = imports.group(1) == null ? "" : imports.group(1);
      assertThat(FLOORS.indexOf(seen))
          .as("%s in %s", imports.group(), file)
          .isBetween(0, floor - 1);
    }
  }

  @Test
  void theCoreIsQuiet() throws IOException {
    assertThat(sources())
        .filteredOn(file -> room(file).equals("core"))
        .isNotEmpty()
        .allSatisfy(file ->
            assertThat(NOISE.matcher(code(file)).results().map(MatchResult::group))
                .as("%s", file)
                .isEmpty());
  }

  @Test
  void nothingButTheJdkIsImported() throws IOException {
    assertThat(sources())
        .flatMap(file -> read(file).lines().toList())
        .filteredOn(line -> line.startsWith("import "))
        .isNotEmpty()
        .allMatch(line -> line.matches("import (java|dev\\.tidings\\.client|org\\.jspecify)\\..*"));
  }

  private static String room(Path file) {
    Path folder = ROOT.relativize(file).getParent();
    return folder == null ? "" : folder.toString();
  }

  private static String code(Path file) {
    return read(file).replaceAll("//[^\\n]*", "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
