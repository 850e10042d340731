package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidings.config.Cluster;
import dev.tidings.config.ConversationSettings;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.Unit;
import dev.tidings.running.Wire;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisReply;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who began with one node and a folder goes on with many on Redis, and back.
@NeedsRedis
class MovingToRedisTest {
  private static final String SEND =
      "{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":\"hi\",\"cid\":\"c\"}";

  @TempDir private Path folder;
  private final RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY);

  @AfterEach
  void end() {
    redis.close();
  }

  private Server serve(String data, boolean onRedis) throws IOException {
    Optional<Cluster> cluster =
        onRedis ? Optional.of(Cluster.parse(redis.uri(), "moved", "")) : Optional.empty();
    return new Server(
        new ServerSettings(
            ServerSettings.address("127.0.0.1", 0),
            folder.resolve(data),
            "",
            Level.DISK,
            true,
            List.of("kept"),
            1,
            ConversationSettings.DEFAULTS,
            Network.DEFAULTS.withDrain(0),
            cluster));
  }

  private static LineSpeaker speaker(Server server, String user) {
    LineSpeaker speaker = new LineSpeaker(Wire.to(server.address()));
    speaker.auth("\"user\":\"" + user + "\"");
    return speaker;
  }

  private Ran export(Path file, String... where) {
    String[] args = {"export", where[0], where[1], "--redis-prefix", "moved", "--file", "" + file};
    return Ran.of(args);
  }

  private String exported(String name, String... where) throws IOException {
    Path file = folder.resolve(name);
    Ran ran = export(file, where);
    assertThat(ran.code()).as(ran.err()).isZero();
    return Files.readString(file);
  }

  private Ran imported(String name, String... where) {
    return Ran.of(
        "import", where[0], where[1], "--redis-prefix", "moved", "" + folder.resolve(name));
  }

  private String[] data(String name) {
    return new String[] {"--data", folder.resolve(name).toString()};
  }

  private String[] there() {
    return new String[] {"--redis", redis.uri()};
  }

  @Test
  void nodesGoOnWithWhatOneNodeHadKept() throws IOException {
    Unit first;
    String cursor;
    try (Server server = serve("one", false);
        LineSpeaker alice = speaker(server, "alice");
        LineSpeaker bob = speaker(server, "bob")) {
      first = alice.ask(SEND);
      alice.ask(
          "{\"op\":\"group\",\"id\":2,\"do\":\"create\",\"in\":\"g:g\",\"members\":[\"bob\"]}");
      alice.ask("{\"op\":\"send\",\"id\":3,\"to\":\"g:g\",\"data\":\"one\"}");
      alice.ask("{\"op\":\"send\",\"id\":4,\"to\":\"g:g\",\"data\":\"two\"}");
      alice.ask("{\"op\":\"send\",\"id\":5,\"to\":\"t:kept\",\"data\":\"three\"}");
      bob.ask("{\"op\":\"mark\",\"id\":6,\"in\":\"g:g\",\"read\":2}");
      bob.ask("{\"op\":\"pref\",\"id\":7,\"in\":\"u:alice\",\"mute\":true}");
      cursor = bob.ask("{\"op\":\"sync\",\"id\":8}").text("cursor");
      alice.say("{\"op\":\"send\",\"id\":9,\"to\":\"g:g\",\"data\":\"bob is away\"}");
      alice.next("ok"); // bob's mark may come before
    }
    String export = exported("export", data("one"));

    Ran ran = imported("export", there());
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(exported("again", there())).isEqualTo(export);

    try (Server server = serve("a", true);
        Server other = serve("b", true);
        LineSpeaker alice = speaker(server, "alice");
        LineSpeaker bob = speaker(other, "bob")) {
      Unit same = alice.ask(SEND);
      assertThat(same.text("epoch")).isEqualTo(first.text("epoch"));
      assertThat(same.line()).contains("\"dup\":true");
      Unit moved = bob.ask("{\"op\":\"sync\",\"id\":1,\"since\":\"" + cursor + "\",\"tail\":1}");
      assertThat(moved.line()).contains("bob is away", "\"read\":2").doesNotContain("u:alice");
      alice.ask("{\"op\":\"send\",\"id\":2,\"to\":\"g:g\",\"data\":\"on redis\"}");
      assertThat(bob.next("msg").line()).contains("on redis");
    }

    String moved = exported("back", there());
    assertThat(moved).contains("on redis");
    assertThat(imported("back", data("two")).code()).isZero();
    assertThat(exported("third", data("two"))).isEqualTo(moved);
  }

  @Test
  void nothingIsPutWhereSomethingIs() throws IOException {
    try (Server server = serve("one", false);
        LineSpeaker alice = speaker(server, "alice")) {
      alice.ask(SEND);
    }
    exported("export", data("one"));
    try (Server server = serve("a", true);
        LineSpeaker bob = speaker(server, "bob")) {
      bob.ask("{\"op\":\"send\",\"id\":1,\"to\":\"u:alice\",\"data\":\"here already\"}");
    }
    imported("export", there()).assertMisused("data already");
    assertThat(exported("again", there())).contains("here already").doesNotContain("\"hi\"");
  }

  @Test
  void whereNothingIsNothingIsExportedNorMade() {
    Ran ran = Ran.of("export", "--redis", redis.uri());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("no data in Redis");
    assertThat(redis.ask("DBSIZE")).isEqualTo(new RedisReply.Number(0));
  }

  @Test
  void anImportThatDidNotEndIsNoStore() throws IOException {
    try (Server server = serve("one", false);
        LineSpeaker alice = speaker(server, "alice")) {
      alice.ask(SEND);
    }
    String export = exported("export", data("one"));
    String half = export.substring(0, export.indexOf("\"hi\""));
    Files.writeString(folder.resolve("half"), half.substring(0, half.lastIndexOf('\n') + 1));
    imported("half", there()).assertMisused("the end is missing");
    assertThat(catchThrowable(() -> serve("a", true)))
        .hasMessageContaining("import into this data did not end");
  }
}
