package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.Server;
import dev.tidings.config.Cluster;
import dev.tidings.config.ConversationSettings;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import dev.tidings.running.EventSpeaker;
import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import dev.tidings.running.Wire;
import dev.tidings.testbed.redis.NeedsRedis;
import dev.tidings.testbed.redis.RedisProcess;
import dev.tidings.testbed.redis.RedisSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who moves to a node that has not heard yet what he was told at the one before: here Redis does
/// not tell it what others commit, for as long as a story wants.
@NeedsRedis
class LaggingNodeTest {
  private static final String USER = "lagging";
  private static final String PASSWORD = "secret";

  @TempDir Path data;
  private final RedisProcess redis = RedisProcess.start(RedisSettings.IN_MEMORY);
  private Server quick;
  private Server lagging;

  @BeforeEach
  void start() throws IOException {
    redis.ask("ACL", "SETUSER", USER, "on", ">" + PASSWORD, "~*", "&*", "+@all");
    quick = server("quick", redis.uri());
    lagging = server("lagging", redis.uri().replace("//", "//" + USER + ":" + PASSWORD + "@"));
  }

  private Server server(String name, String uri) throws IOException {
    return new Server(
        new ServerSettings(
            ServerSettings.address("127.0.0.1", 0),
            data.resolve(name),
            "",
            Level.MEMORY,
            true,
            List.of("kept.*"),
            2,
            ConversationSettings.DEFAULTS,
            Network.DEFAULTS.withDrain(0),
            Optional.of(new Cluster(RedisAddress.of(uri), "t"))));
  }

  private void lags(boolean does) {
    redis.ask("ACL", "SETUSER", USER, does ? "-xread" : "+xread");
  }

  @AfterEach
  void stop() {
    quick.close();
    lagging.close();
    redis.close();
  }

  private static LineSpeaker line(Server at, String user) {
    return new LineSpeaker(Wire.to(at.address())).as(user);
  }

  private static EventSpeaker stream(Server at, String query) {
    return RunningServer.streamOn(new HttpSpeaker(Wire.to(at.address())), query);
  }

  private static long seqOf(Unit msg) {
    assertThat(msg.op()).isEqualTo("msg");
    return msg.number("seq");
  }

  @Test
  void aCursorThatIsAheadOfTheNodeIsGoodAndNothingIsMissed() {
    try (LineSpeaker ann = line(quick, "ann");
        LineSpeaker before = line(quick, "bob");
        LineSpeaker witness = line(lagging, "bob")) {
      ann.ask("{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":1}");
      assertThat(seqOf(witness.next("msg"))).isEqualTo(1);
      lags(true);
      // What was under way when Redis was told may still come; this comes to one node only.
      ann.ask("{\"op\":\"send\",\"id\":2,\"to\":\"u:bob\",\"data\":2}");
      ann.ask("{\"op\":\"send\",\"id\":3,\"to\":\"u:bob\",\"data\":3}");
      before.next("msg");
      before.next("msg");
      assertThat(seqOf(before.next("msg"))).isEqualTo(3);
      String cursor = before.ask("{\"op\":\"sync\",\"id\":1}").text("cursor");

      try (LineSpeaker bob = line(lagging, "bob")) {
        Unit sync = bob.ask("{\"op\":\"sync\",\"id\":1,\"since\":\"" + cursor + "\"}");
        assertThat(sync.op()).as(sync.line()).isEqualTo("ok");
        assertThat(sync.line()).as("he knows it all").doesNotContain("u:ann");
        Unit history = bob.ask("{\"op\":\"history\",\"id\":2,\"in\":\"u:ann\",\"after\":3}");
        assertThat(history.number("head")).as("what he holds is there").isEqualTo(3);
        assertThat(history.line()).contains("\"items\":[]");
        try (EventSpeaker stream = stream(lagging, "user=bob&sub=t:kept.a&since=" + cursor)) {
          assertThat(stream.next().op()).isEqualTo("welcome");
          lags(false);
          ann.ask("{\"op\":\"send\",\"id\":4,\"to\":\"u:bob\",\"data\":4}");
          assertTellsUpTo(stream, 4);
        }
        long last = 0;
        while (last < 4) {
          long seq = seqOf(bob.next("msg")); // what the node hears late comes once more
          assertThat(seq).isGreaterThan(last);
          last = seq;
        }
      }
    }
  }

  /// Neither an error nor a gap, and in rising order.
  private static void assertTellsUpTo(EventSpeaker stream, long head) {
    long last = 0;
    while (last < head) {
      Unit unit = stream.next();
      if (unit.op().equals("ok")) {
        assertThat(unit.line()).contains("t:kept.a");
        continue;
      }
      long seq = seqOf(unit);
      assertThat(seq).isGreaterThan(last);
      last = seq;
    }
  }

  @Test
  void aCursorOfWhatRedisNeverHadIsRefused() {
    try (LineSpeaker bob = line(quick, "bob")) {
      String cursor = bob.ask("{\"op\":\"sync\",\"id\":1}").text("cursor");
      String[] parts = cursor.split("-", -1);
      String beyond = parts[0] + "-zzzz-" + parts[2];
      Unit sync = bob.ask("{\"op\":\"sync\",\"id\":2,\"since\":\"" + beyond + "\"}");
      assertThat(sync.text("code")).isEqualTo("cursor");
      Unit sub =
          bob.ask("{\"op\":\"sub\",\"id\":3,\"in\":\"t:kept.a\",\"since\":\"" + beyond + "\"}");
      assertThat(sub.text("code")).isEqualTo("cursor");
      try (EventSpeaker stream = stream(quick, "user=bob&since=" + beyond)) {
        assertThat(stream.next().op()).isEqualTo("welcome");
        Unit err = stream.next();
        assertThat(err.text("code")).isEqualTo("cursor");
        assertThat(err.text("re")).isEqualTo("stream");
        bob.ask("{\"op\":\"send\",\"id\":4,\"to\":\"u:bob\",\"data\":1}");
        assertThat(seqOf(stream.next())).isEqualTo(1);
      }
    }
  }
}
