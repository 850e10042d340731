package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.Server;
import dev.tidings.auth.Tokens;
import dev.tidings.base.Clock;
import dev.tidings.config.Cluster;
import dev.tidings.config.ConversationSettings;
import dev.tidings.config.Network;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.Unit;
import dev.tidings.running.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two whole nodes on one Redis, and what their clients notice of each other.
class TwoServersTest {
  private static final String KEY = "a key of at least thirty-two bytes, for tests";

  @TempDir Path data;
  private final String prefix = TestRedis.freshPrefix();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Server a;
  private Server b;

  @BeforeEach
  void start() throws IOException {
    a = server("a");
    b = server("b");
  }

  private Server server(String name) throws IOException {
    return new Server(
        new ServerSettings(
            ServerSettings.address("127.0.0.1", 0),
            data.resolve(name),
            KEY,
            Level.MEMORY,
            true,
            List.of(),
            2,
            ConversationSettings.DEFAULTS,
            Network.DEFAULTS.withDrain(0),
            Optional.of(new Cluster(TestRedis.address(), prefix))));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    a.close();
    b.close();
  }

  private LineSpeaker line(Server at, String user, String device, boolean service) {
    LineSpeaker speaker = new LineSpeaker(Wire.to(at.address()));
    opened.add(speaker);
    String token =
        new Tokens(KEY).sign(user, service, List.of("*"), Clock.system().epochMillis(), 3_600);
    speaker.auth(
        "\"token\":\"" + token + "\"" + (device.isEmpty() ? "" : ",\"device\":\"" + device + "\""));
    return speaker;
  }

  @Test
  void whoComesToOneNodeIsOnForAll() {
    LineSpeaker watcher = line(b, "watcher", "", true);
    Unit before = watcher.ask("{\"op\":\"sub\",\"in\":\"p:ann\",\"id\":1}");
    assertThat(before.line()).contains("\"on\":false");
    line(a, "ann", "", false);
    Unit told = watcher.next("presence");
    assertThat(told.line()).contains("\"in\":\"p:ann\"", "\"on\":true");
    line(b, "ann", "", false); // he is on already
    line(a, "end", "", false);
    assertThat(watcher.ask("{\"op\":\"sub\",\"in\":\"p:ann\",\"id\":2}").line())
        .contains("\"op\":\"ok\"", "\"on\":true");
  }

  @Test
  void whatIsPublishedOnOneNodeIsHeardOnAll() {
    LineSpeaker ann = line(a, "ann", "", false);
    LineSpeaker ben = line(b, "ben", "", false);
    ben.ask("{\"op\":\"sub\",\"in\":\"t:news\",\"id\":1}");
    ann.ask("{\"op\":\"sub\",\"in\":\"t:news\",\"id\":1}");
    ann.say("{\"op\":\"send\",\"to\":\"t:news\",\"data\":\"one\",\"id\":2}");
    ann.say("{\"op\":\"send\",\"to\":\"t:news\",\"data\":\"two\",\"id\":3}");
    assertThat(ben.next("msg").text("data")).isEqualTo("one");
    assertThat(ben.next("msg").text("data")).isEqualTo("two");
    assertThat(ann.next("msg").text("data")).isEqualTo("one");
    assertThat(ann.next("msg").text("data")).as("once only").isEqualTo("two");
  }

  @Test
  void aNewerConnectionOfTheSameDeviceReplacesTheOneOnTheOtherNode() {
    LineSpeaker older = line(a, "ann", "phone", false);
    LineSpeaker desk = line(a, "ann", "desk", false);
    LineSpeaker newer = line(b, "ann", "phone", false);
    older.assertBye("replaced", 4503);
    assertThat(newer.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
    assertThat(desk.ask("{\"op\":\"ping\",\"id\":1}").op()).isEqualTo("pong");
  }

  @Test
  void whoIsKickedOrBlockedGoesFromAllNodes() {
    LineSpeaker ann = line(a, "ann", "", false);
    LineSpeaker eve = line(a, "eve", "", false);
    LineSpeaker operator = line(b, "operator", "", true);
    operator.ask("{\"op\":\"admin\",\"do\":\"kick\",\"user\":\"ann\",\"id\":1}");
    ann.assertBye("kicked", 4504);
    operator.ask("{\"op\":\"admin\",\"do\":\"block\",\"user\":\"eve\",\"id\":2}");
    eve.assertBye("kicked", 4504);
  }
}
