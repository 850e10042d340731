package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.auth.Tokens;
import dev.tidings.base.Clock;
import dev.tidings.config.DevelopmentKey;
import dev.tidings.running.ServeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The command line: exit codes, and what it says where.
class MainTest {
  private static final String KEY = "a key of at least thirty-two bytes";

  @TempDir Path folder;

  private String[] serve(String... options) {
    String[] args = new String[options.length + 3];
    System.arraycopy(options, 0, args, 3, options.length);
    args[0] = "serve";
    args[1] = "--data";
    args[2] = folder.resolve("data").toString();
    return args;
  }

  @Test
  void withoutACommandItExplainsItself() {
    Ran.of().assertMisused("serve", "listen", "send", "token", "admin", "doctor");
    Ran.of("conquer").assertMisused("conquer");
    Ran help = Ran.of("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("serve", "listen", "send", "token", "admin", "doctor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve", "listen", "send", "token", "admin", "export", "import", "erase", "doctor"
      })
  void everyCommandHasHelp(String command) {
    Ran help = Ran.of(command, "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Usage: tidings " + command);
    assertThat(help.err()).isEmpty();
  }

  /// Else a flag on the command line would turn off what the environment has turned on.
  @ParameterizedTest
  @ValueSource(
      classes = {
        Serve.class,
        Listen.class,
        Send.class,
        Token.class,
        Admin.class,
        Export.class,
        Import.class,
        Erase.class,
        Doctor.class
      })
  void aFlagIsOnWhereverItIsSaid(Class<?> command) {
    assertThat(new CommandLine(command).getCommandSpec().options())
        .filteredOn(option -> option.arity().max() == 0)
        .filteredOn(option -> !option.usageHelp() && !option.versionHelp())
        .allMatch(option -> "true".equals(option.fallbackValue()));
  }

  @Test
  void choicesThatDoNotGoTogetherAreRefusedInWords() throws IOException {
    Ran.of(serve("--bind", "0.0.0.0")).assertMisused("tidings: --bind 0.0.0.0 without --key");
    Ran.of(serve("--key", "short")).assertMisused("--key is too short");
    Ran.of(serve("--port", "70000")).assertMisused("--port 70000");
    Ran.of(serve("--port", "http")).assertMisused("--port", "http");
    Ran.of(serve("--durability", "hope")).assertMisused("--durability", "hope");
    Ran.of(serve("--lanes", "-1")).assertMisused("--lanes -1");
    Ran.of(serve("--conquer")).assertMisused("--conquer");
    Path file = Files.writeString(folder.resolve("tidings.yaml"), "prot: 1\n");
    Ran.of(serve("--config", file.toString())).assertMisused("'prot'");
    assertThat(folder.resolve("data")).as("nothing was begun").doesNotExist();
  }

  @Test
  void aPortThatIsTakenFails() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Ran.of(serve("--port", port)).assertFailed("127.0.0.1:" + port);
    }
  }

  @Test
  void dataThatIsInUseFails() throws IOException {
    Path data = folder.resolve("data");
    try (ServeProcess serve = ServeProcess.start(data, 0)) {
      assertThat(serve.port()).isPositive();
      Ran.of(serve("--port", "0")).assertFailed(data.toString());
    }
  }

  @Test
  void aTokenIsPrintedAlone() {
    Ran token = Ran.of("token", "--user", "alice", "--key", KEY, "--seconds", "60");
    assertThat(token.code()).isZero();
    assertThat(token.err()).isEmpty();
    long now = Clock.system().epochMillis();
    assertThat(new Tokens(KEY).verify(token.out().strip(), now))
        .isInstanceOfSatisfying(
            Verdict.Accepted.class,
            accepted -> {
              assertThat(accepted.identity().user()).isEqualTo("alice");
              assertThat(accepted.identity().service()).isFalse();
              assertThat(accepted.identity().expiresMillis().orElseThrow())
                  .isBetween(now, now + 61_000);
            });
  }

  @Test
  void withoutAKeyATokenIsSignedWithThatOfTheData() {
    Ran token =
        Ran.of(
            "token",
            "--user",
            "hub",
            "--data",
            folder.toString(),
            "--service",
            "--may-send",
            "u:*,a:all");
    String key = DevelopmentKey.findOrMake(folder);
    assertThat(new Tokens(key).verify(token.out().strip(), Clock.system().epochMillis()))
        .isInstanceOfSatisfying(
            Verdict.Accepted.class,
            accepted -> {
              assertThat(accepted.identity().service()).isTrue();
              assertThat(accepted.identity().caps().send()).isEqualTo(List.of("u:*", "a:all"));
            });
  }

  @Test
  void aTokenNeedsANameAndAKey() {
    Ran.of("token").assertMisused("--user");
    Ran.of("token", "--user", "alice smith", "--key", KEY).assertMisused("'alice smith'");
    Ran.of("token", "--user", "alice", "--key", "short").assertMisused("at least 32");
    Ran.of("token", "--user", "alice", "--key", KEY, "--seconds", "0").assertMisused("--seconds");
  }

  @Test
  void theDoctorLooksAtEverything() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      Ran sick = Ran.of("doctor", "--port", port, "--data", folder.toString());
      assertThat(sick.code()).isEqualTo(1);
      assertThat(sick.out())
          .contains("look  port " + port + " on 127.0.0.1")
          .contains("choose another with --port")
          .contains("ok    JDK ")
          .contains("open files: ")
          .contains("MiB free in ")
          .contains("one sync takes ")
          .contains("Worth changing: ");
      assertThat(folder).as("it leaves nothing behind").isEmptyDirectory();
    }
  }

  @Test
  void theDoctorIsNotUpsetByWhatCannotBe() throws IOException {
    Path file = Files.writeString(folder.resolve("a file"), "");
    Ran sick = Ran.of("doctor", "--port", "0", "--data", file.resolve("data").toString());
    assertThat(sick.code()).isEqualTo(1);
    assertThat(sick.out()).contains("look  disk: ");
    Ran.of("doctor", "--port", "70000", "--data", folder.toString()).assertMisused("--port 70000");
  }

  @Test
  void whoeverConnectsSaysAsWhom() {
    Ran.of("send", "u:bob", "hi").assertMisused("--user", "--token");
    Ran.of("listen", "--user", "a", "--token", "b").assertMisused("--user", "--token");
    Ran.of("send", "--user", "alice", "--json", "u:bob", "{").assertMisused("no JSON");
    Ran.of("listen", "--user", "alice", "--server", "gopher://localhost")
        .assertMisused("gopher://localhost");
  }
}
