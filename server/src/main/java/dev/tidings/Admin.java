package dev.tidings;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.JsonException;
import dev.tidings.client.json.ObjBuilder;
import dev.tidings.config.DevelopmentKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `tidings admin`: one `admin` request, posted (docs/protocol.md §11).
@Command(
    name = "admin",
    description =
        "Says something of a user, a token, a connection or an announcement channel to the running"
            + " server.",
    mixinStandardHelpOptions = true)
final class Admin implements Runnable {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        command.commandLine(), "tidings: admin: say which: list, block, unblock, mute, …");
  }

  /// Where the server is, and by what right.
  static final class Access {
    @Option(
        names = "--server",
        paramLabel = "URL",
        defaultValue = "http://localhost:8080",
        description = "Where the server is (default: ${DEFAULT-VALUE}).")
    private URI server = URI.create("http://localhost:8080");

    @Option(
        names = "--token",
        paramLabel = "TOKEN",
        defaultValue = "",
        description = "A token with --service; without it the development key in --data.")
    private String token = "";

    @Option(
        names = "--data",
        paramLabel = "FOLDER",
        defaultValue = "data",
        description = "Where the development key is (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /// Posts it, and prints the answer; 0 if that is `ok`.
    int ask(ObjBuilder unit) throws IOException, InterruptedException {
      String right = token.isEmpty() ? DevelopmentKey.findOrMake(data) : token;
      HttpRequest request;
      try {
        request =
            HttpRequest.newBuilder(server.resolve("/v1/rpc"))
                .timeout(ANSWER_MAX)
                .header("Authorization", "Bearer " + right)
                .POST(HttpRequest.BodyPublishers.ofString(unit.build().text()))
                .build();
      } catch (IllegalArgumentException e) {
        throw new ParameterException(
            command.commandLine(), "tidings: --server " + server + ": " + e.getMessage(), e);
      }
      try (HttpClient client = HttpClient.newHttpClient()) {
        String answer = client.send(request, HttpResponse.BodyHandlers.ofString()).body().strip();
        boolean ok = isOk(answer);
        (ok ? System.out : System.err).println(answer);
        return ok ? 0 : 1;
      } catch (IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        throw new IOException("no answer from " + server + ": " + why, e);
      }
    }

    private static boolean isOk(String answer) {
      try {
        return Json.parse(answer) instanceof Json.Obj unit
            && unit.string("op").orElse("").equals("ok");
      } catch (JsonException e) {
        return false;
      }
    }
  }

  private static ObjBuilder unit(String what) {
    return Json.object().put("op", "admin").put("do", what);
  }

  @Command(
      name = "list",
      description = "Shows what was said of users and tokens.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin Access access,
      @Option(
              names = "--next",
              paramLabel = "PAGE",
              defaultValue = "",
              description = "Where the page before ended.")
          String next)
      throws IOException, InterruptedException {
    return access.ask(next.isEmpty() ? unit("list") : unit("list").put("next", next));
  }

  @Command(
      name = "block",
      description = "Ends a user's connections and lets him in no more.",
      mixinStandardHelpOptions = true)
  int block(@Mixin Access access, @Parameters(paramLabel = "USER") String user)
      throws IOException, InterruptedException {
    return access.ask(unit("block").put("user", user));
  }

  @Command(name = "unblock", description = "Lets a user in again.", mixinStandardHelpOptions = true)
  int unblock(@Mixin Access access, @Parameters(paramLabel = "USER") String user)
      throws IOException, InterruptedException {
    return access.ask(unit("unblock").put("user", user));
  }

  @Command(
      name = "mute",
      description = "Lets a user read but not send.",
      mixinStandardHelpOptions = true)
  int mute(@Mixin Access access, @Parameters(paramLabel = "USER") String user)
      throws IOException, InterruptedException {
    return access.ask(unit("mute").put("user", user));
  }

  @Command(
      name = "unmute",
      description = "Lets a user send again.",
      mixinStandardHelpOptions = true)
  int unmute(@Mixin Access access, @Parameters(paramLabel = "USER") String user)
      throws IOException, InterruptedException {
    return access.ask(unit("unmute").put("user", user));
  }

  @Command(
      name = "kick",
      description = "Ends connections: all of a user, those of one of his devices, or one by name.",
      mixinStandardHelpOptions = true)
  int kick(
      @Mixin Access access,
      @Parameters(paramLabel = "USER", arity = "0..1", defaultValue = "") String user,
      @Option(
              names = "--device",
              paramLabel = "NAME",
              defaultValue = "",
              description = "Only this device's.")
          String device,
      @Option(
              names = "--conn",
              paramLabel = "CONN",
              defaultValue = "",
              description = "Instead of USER: the conn of its welcome.")
          String connection)
      throws IOException, InterruptedException {
    ObjBuilder unit = unit("kick");
    putFilled(unit, "user", user);
    putFilled(unit, "device", device);
    putFilled(unit, "conn", connection);
    return access.ask(unit);
  }

  @Command(
      name = "revoke",
      description = "Makes tokens worthless: all that a user has until now, or one by its jti.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Mixin Access access,
      @Parameters(paramLabel = "USER", arity = "0..1", defaultValue = "") String user,
      @Option(
              names = "--jti",
              paramLabel = "ID",
              defaultValue = "",
              description = "Instead of USER: one token's.")
          String jti)
      throws IOException, InterruptedException {
    ObjBuilder unit = unit("revoke");
    putFilled(unit, "user", user);
    putFilled(unit, "jti", jti);
    return access.ask(unit);
  }

  @Command(
      name = "erase",
      description =
          "Empties what a user wrote, ends his memberships and connections, and forgets his"
              + " pointers, while the server runs. This cannot be undone.",
      mixinStandardHelpOptions = true)
  int erase(@Mixin Access access, @Parameters(paramLabel = "USER") String user)
      throws IOException, InterruptedException {
    return access.ask(unit("erase").put("user", user));
  }

  @Command(
      name = "channel",
      description =
          "Defines an announcement channel, or changes for whom it is, while the server runs.",
      mixinStandardHelpOptions = true)
  int channel(
      @Mixin Access access,
      @Parameters(paramLabel = "CHANNEL", description = "Such as a:staff.") String channel,
      @Parameters(
              paramLabel = "FILTER",
              description = "Labels that must fit, such as role:staff|boss+version:3.*")
          String filter)
      throws IOException, InterruptedException {
    return access.ask(unit("channel").put("in", channel).put("filter", filter));
  }

  @Command(
      name = "remove",
      description = "Removes an announcement channel; what was announced is kept.",
      mixinStandardHelpOptions = true)
  int remove(@Mixin Access access, @Parameters(paramLabel = "CHANNEL") String channel)
      throws IOException, InterruptedException {
    return access.ask(unit("remove").put("in", channel));
  }

  @Command(
      name = "channels",
      description = "Shows the announcement channels and for whom they are.",
      mixinStandardHelpOptions = true)
  int channels(
      @Mixin Access access,
      @Option(
              names = "--next",
              paramLabel = "PAGE",
              defaultValue = "",
              description = "Where the page before ended.")
          String next)
      throws IOException, InterruptedException {
    return access.ask(next.isEmpty() ? unit("channels") : unit("channels").put("next", next));
  }

  private static void putFilled(ObjBuilder unit, String field, String value) {
    if (!value.isEmpty()) {
      unit.put(field, value);
    }
  }
}
