package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.client.Groups;
import dev.tidings.client.Groups.Role;
import dev.tidings.client.TidingsClient;
import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.running.RunningServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A group from its making to its end, by the client library and a real server.
class ClientGroupsTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  private static TidingsClient client(String user) {
    URI server = URI.create("tcp://127.0.0.1:" + SERVER.address().getPort());
    return SERVER.closing(
        TidingsClient.connect(server, ClientOptions.ofUser(user), new ClientListener() {}));
  }

  @Test
  void groupsAreMadeSetHandedOverAndDeleted() {
    Groups ann = client("ann-c").groups();
    Groups bob = client("bob-c").groups();
    ann.create("g:client", "Ops", List.of("bob-c", "cat-c"), Groups.Join.INVITE).join();
    ann.set("g:client", Json.object().put("title", "Ops 2").put("send", "admins").build()).join();
    ann.roles("g:client", Map.of("bob-c", Role.ADMIN, "cat-c", Role.MUTE)).join();
    Json.Obj info = bob.info("g:client").join();
    assertThat(info.string("title")).hasValue("Ops 2");
    assertThat(info.string("send")).hasValue("admins");
    assertThat(info.string("role")).hasValue("admin");
    assertThat(roles(bob)).containsExactly("ann-c owner", "bob-c admin", "cat-c mute");
    assertThatThrownBy(() -> bob.delete("g:client").join())
        .hasCauseInstanceOf(ClientFailure.Refused.class);
    ann.handOver("g:client", "ann-c", "bob-c").join();
    assertThat(roles(bob)).containsExactly("ann-c member", "bob-c owner", "cat-c mute");
    ann.leave("g:client").join();
    bob.delete("g:client").join();
    assertThatThrownBy(() -> bob.info("g:client").join()).hasMessageContaining("not_member");
  }

  private static List<String> roles(Groups reader) {
    return reader.members("g:client", Optional.empty()).join().objects("members").stream()
        .map(member -> member.string("user").orElse("") + " " + member.string("role").orElse(""))
        .toList();
  }
}
