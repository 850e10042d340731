package dev.tidings.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidings.auth.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevelopmentKeyTest {
  @TempDir Path folder;

  @Test
  void itIsMadeOnceAndKept() throws IOException {
    Path data = folder.resolve("not/there/yet");
    String key = DevelopmentKey.findOrMake(data);
    assertThat(key.length()).isGreaterThanOrEqualTo(Tokens.KEY_BYTES_MIN);
    assertThat(DevelopmentKey.findOrMake(data)).isEqualTo(key);
    assertThat(DevelopmentKey.findOrMake(folder)).isNotEqualTo(key);
    try (Stream<Path> files = Files.list(data)) {
      assertThat(files).containsExactly(data.resolve("development.key"));
    }
  }

  @Test
  void onlyItsOwnerMayReadIt() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    DevelopmentKey.findOrMake(folder);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("development.key"))))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "too short\n"})
  void oneThatIsTooShortIsRefusedInWords(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("development.key"), content);
    assertThatThrownBy(() -> DevelopmentKey.findOrMake(folder))
        .isInstanceOf(ServerSettings.Refused.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aFolderThatCannotBeWrittenIsToldByName() throws IOException {
    Path file = Files.writeString(folder.resolve("a file"), "");
    assertThatThrownBy(() -> DevelopmentKey.findOrMake(file.resolve("data")))
        .hasMessageContaining(file.toString());
  }
}
