package dev.tidings.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.embedded.EmbeddedEngine;
import dev.tidings.engine.Answer;
import dev.tidings.engine.EngineBed;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.Query;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The index in its folder, with its own thread, beside an engine on RocksDB.
class SearchIndexTest {
  @TempDir private Path root;

  private EngineBed bed(Path data, int seed) {
    Clock clock = Clock.system();
    SearchIndex index = new SearchIndex(data, clock);
    return new EngineBed(
        new Driven(
            new EmbeddedEngine(
                data,
                Level.DISK,
                EngineLimits.DEFAULTS,
                clock,
                new Ids(new Random(seed)),
                Optional.of(index)),
            () -> false,
            /* ownThreads= */ true));
  }

  private Path data() {
    return root.resolve("data");
  }

  private Path folder() {
    return data().resolve("search");
  }

  private static Query.Search query(String text) {
    return new Query.Search(
        "bob", List.of(), Optional.empty(), text, "", Long.MAX_VALUE, 50, "", 32_768, false);
  }

  private static Answer.Found find(EngineBed bed, String text) {
    Answer answer = bed.read(query(text));
    assertThat(answer).isInstanceOf(Answer.Found.class);
    return (Answer.Found) answer;
  }

  private static boolean isFound(EngineBed bed, String text, int times) {
    return bed.read(query(text)) instanceof Answer.Found found
        && found.whole()
        && found.hits().size() == times;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(file -> !file.endsWith("write.lock")).toList();
    }
  }

  /// Says it, and waits until the index knows.
  private void sayDeploy() {
    EngineBed bed = bed(data(), 1);
    try (var _ = bed.engine()) {
      bed.send("ann", "u:bob", "\"deploy\"");
      await().until(() -> isFound(bed, "deploy", 1));
    }
  }

  @Test
  void nothingIsOpenedBeforeSomethingIsSaidOrSought() {
    try (var engine = bed(data(), 1).engine()) {
      assertThat(engine.fault()).isEmpty();
      assertThat(folder()).doesNotExist();
    }
    assertThat(folder()).doesNotExist();
  }

  @Test
  void whatWasSaidIsFoundSoonAndAfterARestart() {
    sayDeploy();
    EngineBed again = bed(data(), 1);
    try (var _ = again.engine()) {
      await().until(() -> isFound(again, "deploy", 1));
    }
  }

  @Test
  void whatWasSaidWithoutAnIndexIsFoundOnceThereIsOne() throws IOException {
    sayDeploy();
    Clock clock = Clock.system();
    EngineBed without =
        new EngineBed(
            new Driven(
                new EmbeddedEngine(
                    data(), Level.DISK, EngineLimits.DEFAULTS, clock, new Ids(new Random(1))),
                () -> false,
                true));
    try (var _ = without.engine()) {
      without.send("ann", "u:bob", "\"deploy again\"");
      assertThat(EngineBed.refused(without.read(query("deploy"))).wire()).isEqualTo("off");
    }
    EngineBed again = bed(data(), 1);
    try (var _ = again.engine()) {
      await().until(() -> isFound(again, "deploy", 2));
    }
  }

  /// As much of a disk as one likes to spoil.
  @ParameterizedTest
  @ValueSource(strings = {"segments_", ".cfs", ".si", ".cfe"})
  void anIndexThatIsDamagedIsMadeAnew(String part) throws IOException {
    sayDeploy();
    for (Path file : files()) {
      if (file.getFileName().toString().contains(part)) {
        Files.write(file, "damaged".getBytes(StandardCharsets.US_ASCII));
      }
    }
    EngineBed again = bed(data(), 1);
    try (var _ = again.engine()) {
      await().until(() -> isFound(again, "deploy", 1));
    }
  }

  @Test
  void anIndexWithFilesMissingIsMadeAnew() throws IOException {
    sayDeploy();
    for (Path file : files()) {
      if (!file.getFileName().toString().startsWith("segments")) {
        Files.delete(file);
      }
    }
    EngineBed again = bed(data(), 1);
    try (var _ = again.engine()) {
      await().until(() -> isFound(again, "deploy", 1));
    }
  }

  @Test
  void anIndexThatWasForgottenIsMadeAnew() throws IOException {
    sayDeploy();
    SearchIndex.forget(data());
    assertThat(folder()).doesNotExist();
    EngineBed again = bed(data(), 1);
    try (var _ = again.engine()) {
      await().until(() -> isFound(again, "deploy", 1));
    }
  }

  @Test
  void anIndexOfOtherDataIsMadeAnew() throws IOException {
    sayDeploy();
    Path other = root.resolve("other");
    EngineBed bed = bed(other, 2);
    try (var _ = bed.engine()) {
      bed.send("bob", "u:ann", "\"other\"");
      await().until(() -> isFound(bed, "other", 1));
    }
    SearchIndex.forget(other);
    Files.move(folder(), other.resolve("search"));
    EngineBed again = bed(other, 2);
    try (var _ = again.engine()) {
      await().until(() -> isFound(again, "other", 1));
      assertThat(find(again, "deploy").hits()).isEmpty();
    }
  }
}
