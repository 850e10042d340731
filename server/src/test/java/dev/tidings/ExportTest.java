package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `tidings export` and `import` on real folders.
class ExportTest {
  private static final Duration WAIT_MAX = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private Server serve(String data) throws IOException {
    return new Server(
        new ServerSettings(
            ServerSettings.address("127.0.0.1", 0),
            folder.resolve(data),
            "",
            Level.DISK,
            true,
            List.of(),
            1));
  }

  private static LineSpeaker alice(Server server) {
    LineSpeaker alice = new LineSpeaker(Wire.to(server.address()));
    alice.auth("\"user\":\"alice\"");
    return alice;
  }

  private String exported(String data, String... more) throws IOException {
    Path file = folder.resolve("export-" + data + ".ndjson");
    Files.deleteIfExists(file);
    String[] args = new String[5 + more.length];
    List<String> fixed =
        List.of("export", "--data", folder.resolve(data).toString(), "--file", file.toString());
    for (int i = 0; i < args.length; i++) {
      args[i] = i < fixed.size() ? fixed.get(i) : more[i - fixed.size()];
    }
    assertThat(Ran.of(args).code()).isZero();
    return Files.readString(file);
  }

  @Test
  void aRunningServerIsExportedAsItIsAtThatMoment() throws IOException {
    String whileRunning;
    try (Server server = serve("one");
        LineSpeaker alice = alice(server)) {
      alice.ask("{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":\"before\"}");
      whileRunning = exported("one");
      alice.ask("{\"op\":\"send\",\"id\":2,\"to\":\"u:bob\",\"data\":\"after\"}");
    }
    assertThat(whileRunning).contains("\"data\":\"before\"").doesNotContain("\"data\":\"after\"");
    assertThat(exported("one")).contains("\"data\":\"before\"", "\"data\":\"after\"");
  }

  @Test
  void aServerGoesOnWithWhatWasImported() throws IOException {
    String epoch;
    try (Server server = serve("one");
        LineSpeaker alice = alice(server)) {
      epoch =
          alice
              .ask("{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":\"hi\",\"cid\":\"c\"}")
              .text("epoch");
    }
    String export = exported("one");
    Path file = folder.resolve("export-one.ndjson");
    String two = folder.resolve("two").toString();
    Ran imported = Ran.of("import", "--data", two, file.toString());
    assertThat(imported.code()).isZero();
    assertThat(imported.out()).contains("rows");
    assertThat(exported("two")).isEqualTo(export);
    try (Server server = serve("two");
        LineSpeaker alice = alice(server)) {
      assertThat(
              alice
                  .ask("{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":\"hi\",\"cid\":\"c\"}")
                  .text("epoch"))
          .isEqualTo(epoch);
    }
    Ran.of("import", "--data", two, file.toString()).assertMisused("data already");
  }

  @Test
  void whatAnErasedUserWroteIsInNoFileAnyMore() throws IOException {
    String data = folder.resolve("one").toString();
    try (Server server = serve("one");
        LineSpeaker alice = alice(server)) {
      alice.ask("{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":\"a secret\"}");
      Ran.of("erase", "--data", data, "--user", "alice").assertFailed("in use");
    }
    assertThat(Ran.of("erase", "--data", data, "--user", "alice").code()).isZero();
    assertThat(exported("one")).contains("\"void\":\"erase\"").doesNotContain("a secret");
    try (Stream<Path> files = Files.list(folder.resolve("one").resolve("store"))) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain("a secret");
      }
    }
  }

  @Test
  void aUserIsErasedWhileTheServerRuns() throws IOException {
    String data = folder.resolve("one").toString();
    try (Server server = serve("one");
        LineSpeaker alice = alice(server);
        LineSpeaker bob = new LineSpeaker(Wire.to(server.address()))) {
      bob.auth("\"user\":\"bob\"");
      alice.ask("{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":\"a secret\"}");
      bob.next("msg");
      assertThat(exported("one", "--user", "alice")).contains("a secret");
      String url = "http://127.0.0.1:" + server.address().getPort();
      Ran erased = Ran.of("admin", "erase", "alice", "--server", url, "--data", data);
      assertThat(erased.code()).as(erased.err()).isZero();
      assertThat(erased.out()).contains("\"user\":\"alice\"", "\"closed\":1");
      alice.next("msg");
      alice.assertBye("kicked", 4504);
      await()
          .atMost(WAIT_MAX)
          .until(() ->
              !Ran.of("admin", "list", "--server", url, "--data", data).out().contains("erasing"));
      var read = bob.ask("{\"op\":\"history\",\"id\":2,\"in\":\"u:alice\"}");
      assertThat(read.toString()).contains("\"void\":\"erase\"").doesNotContain("a secret");
      Path store = folder.resolve("one").resolve("store");
      await().atMost(WAIT_MAX).until(() -> !isInAFile(store, "a secret"));
      bob.ask("{\"op\":\"send\",\"id\":3,\"to\":\"u:alice\",\"data\":\"hello\"}");
    }
    assertThat(exported("one")).doesNotContain("a secret").contains("hello");
  }

  private static boolean isInAFile(Path store, String text) {
    try (Stream<Path> files = Files.list(store)) {
      for (Path file : files.toList()) {
        if (Files.exists(file)
            && Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return true; // it went while it was read: look again
    }
  }

  @Test
  void whatCannotBeDoneIsSaidInWords() throws IOException {
    String nothing = folder.resolve("nothing").toString();
    Ran none = Ran.of("export", "--data", nothing);
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).contains("no data");
    assertThat(Path.of(nothing)).doesNotExist();
    Ran.of("export", "--data", nothing, "--user", "no name").assertMisused("no user name");
    Ran.of("erase", "--data", nothing, "--user", "no name").assertMisused("no user name");
    Ran.of("erase", "--data", nothing, "--user", "alice").assertMisused("no data");
    Path file = Files.writeString(folder.resolve("file"), "hello\n");
    Ran.of("import", "--data", nothing, file.toString()).assertMisused("no JSON");
  }
}
