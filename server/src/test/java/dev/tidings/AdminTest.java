package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `tidings admin` beside a running server.
class AdminTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  private static Ran admin(String... words) {
    List<String> args = new ArrayList<>(List.of("admin"));
    args.addAll(List.of(words));
    args.addAll(List.of("--server", SERVER.uri("/").toString(), "--token", SERVER.key()));
    return Ran.of(args.toArray(String[]::new));
  }

  @Test
  void whoIsBlockedGoesAndStaysOutUntilHeIsLetIn() {
    LineSpeaker mallory = SERVER.line("mallory");
    Ran blocked = admin("block", "mallory");
    assertThat(blocked.code()).as(blocked.err()).isZero();
    assertThat(blocked.out()).contains("\"blocked\":true", "\"closed\":1");
    mallory.assertBye("kicked", 4504);
    LineSpeaker again = SERVER.line();
    again.say("{\"op\":\"auth\",\"user\":\"mallory\"}");
    again.assertErr("forbidden");
    again.assertBye("kicked", 4504);
    var post =
        SERVER
            .http()
            .ask(
                "POST /v1/rpc HTTP/1.1",
                "Host: localhost",
                "Authorization: Bearer " + SERVER.token("mallory"),
                "Content-Length: 1000000");
    assertThat(post.status()).as("before the body is read").isEqualTo(403);
    assertThat(post.unit().text("code")).isEqualTo("forbidden");
    assertThat(admin("list").out()).contains("mallory");
    assertThat(admin("unblock", "mallory").code()).isZero();
    assertThat(admin("list").out()).doesNotContain("mallory");
    SERVER.line("mallory");
  }

  @Test
  void whoIsMutedIsToldSo() {
    LineSpeaker moe = SERVER.line("moe");
    assertThat(admin("mute", "moe").code()).isZero();
    moe.say("{\"op\":\"send\",\"to\":\"u:zoe\",\"data\":1}");
    moe.assertErr("forbidden");
    assertThat(admin("unmute", "moe").code()).isZero();
    assertThat(moe.ask("{\"op\":\"send\",\"to\":\"u:zoe\",\"data\":1}").op()).isEqualTo("ok");
  }

  @Test
  void tokensAreRevokedAndConnectionsKicked() {
    LineSpeaker byToken = SERVER.line();
    byToken.auth("\"token\":\"" + SERVER.token("nick") + "\",\"device\":\"phone\"");
    LineSpeaker byName = SERVER.line("nick");
    assertThat(admin("revoke", "nick").out()).contains("\"closed\":1");
    byToken.assertBye("kicked", 4504);
    LineSpeaker desk = SERVER.line();
    String conn = desk.auth("\"user\":\"nick\",\"device\":\"desk\"").text("conn");
    assertThat(admin("kick", "--conn", conn).out()).contains("\"closed\":1");
    desk.assertBye("kicked", 4504);
    assertThat(admin("kick", "nick", "--device", "desk").out()).contains("\"closed\":0");
    assertThat(admin("kick", "nick").out()).contains("\"closed\":1");
    byName.assertBye("kicked", 4504);
  }

  @Test
  void anAnnouncementChannelIsDefinedForThoseWhoAreHereAndRemoved() {
    LineSpeaker ann = SERVER.line();
    ann.auth("\"user\":\"ann\",\"labels\":{\"role\":\"staff\"}");
    Ran defined = admin("channel", "a:staff", "role:staff|boss");
    assertThat(defined.code()).as(defined.err()).isZero();
    assertThat(ann.next("gap").text("in")).isEqualTo("a:staff");
    backend().say("{\"op\":\"send\",\"to\":\"a:staff\",\"data\":\"hi\"}");
    assertThat(ann.next("msg").text("in")).isEqualTo("a:staff");
    assertThat(admin("channels").out()).contains("a:staff", "role:staff|boss");
    assertThat(admin("channel", "a:staff", "role").err()).contains("bad_request", "label:value");
    assertThat(admin("remove", "a:staff").code()).isZero();
    assertThat(ann.next("gap").has("gone")).isTrue();
    assertThat(admin("channels").out()).doesNotContain("a:staff");
    assertThat(admin("remove", "a:staff").err()).contains("not_found");
  }

  private static LineSpeaker backend() {
    LineSpeaker backend = SERVER.line();
    backend.auth("\"token\":\"" + SERVER.key() + "\"");
    return backend;
  }

  @Test
  void whatIsWrongIsSaid() {
    Ran wrong = admin("kick", "nick", "--conn", "n1-0-1");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err()).contains("bad_request", "conn");
    assertThat(admin("block", "no name").err()).contains("bad_request", "user");
    Ran noRight =
        Ran.of(
            "admin",
            "list",
            "--server",
            SERVER.uri("/").toString(),
            "--token",
            SERVER.token("nick"));
    assertThat(noRight.code()).isEqualTo(1);
    Ran.of("admin").assertMisused("block");
    Ran.of("admin", "list", "--server", "http://127.0.0.1:1", "--token", "x")
        .assertFailed("no answer from http://127.0.0.1:1");
  }
}
