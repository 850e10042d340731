package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisConnection;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisReply;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Redis is killed while it writes a commit to its file: the commit has not happened, however often
/// Redis is started after that.
@NeedsRedis
class CutTailTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LOG = "{tidings}:L:2";

  private final RedisProcess redis = RedisProcess.start(RedisSettings.ON_DISK);

  @AfterEach
  void end() {
    redis.close();
  }

  private TestNode node(String name) {
    return new TestNode(RedisAddress.of(redis.uri()), "tidings", name);
  }

  @Test
  void aCommitThatWasCutOffInTheFileIsNotDoneByALaterStart() throws IOException {
    TestNode node = node("a");
    node.keep("1");
    await().atMost(PATIENCE).until(this::isSettled);
    Path file = file();
    long before = Files.size(file);
    node.keep("cut off");
    redis.kill();
    node.engine.close();
    cutInTheMiddleOfACommit(file, before);

    redis.start();
    TestNode next = node("b");
    assertThat(next.keep("2").seq()).isEqualTo(2);
    assertThat(next.keep("3").seq()).isEqualTo(3);
    next.engine.close();
    await().atMost(PATIENCE).until(this::isSettled);

    redis.kill();
    redis.start();
    assertThat(redis.ask("LLEN", LOG)).isEqualTo(new RedisReply.Number(3));
    TestNode last = node("c");
    assertThat(last.keep("2").seq()).isEqualTo(2);
    assertThat(last.keep("4").seq()).isEqualTo(4);
    last.engine.close();
    assertThat(redis.ask("LLEN", LOG)).isEqualTo(new RedisReply.Number(4));
  }

  private boolean isSettled() {
    try (RedisConnection connection = redis.connect()) {
      return connection.info("persistence", "aof_rewrite_in_progress").equals("0");
    }
  }

  /// The one that is written to.
  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(redis.folder().resolve("appendonlydir"))) {
      return files
          .filter(file -> file.toString().endsWith(".incr.aof"))
          .max(Comparator.comparing(Path::toString))
          .orElseThrow();
    }
  }

  /// Some commands of it stay whole, the next one does not.
  private static void cutInTheMiddleOfACommit(Path file, long begin) throws IOException {
    byte[] all = Files.readAllBytes(file);
    String commit =
        new String(all, (int) begin, all.length - (int) begin, StandardCharsets.ISO_8859_1);
    int entry = commit.indexOf("RPUSH");
    assertThat(entry).isPositive();
    int next = commit.indexOf("HSET", entry);
    assertThat(next).isPositive();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(begin + next + 6);
    }
  }
}
