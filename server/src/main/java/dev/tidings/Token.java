package dev.tidings;

import dev.tidings.auth.Tokens;
import dev.tidings.base.Clock;
import dev.tidings.config.DevelopmentKey;
import dev.tidings.protocol.Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `tidings token`: signs a token.
@Command(
    name = "token",
    description = "Signs a token (JWT, HS256) and prints it.",
    mixinStandardHelpOptions = true)
final class Token implements Callable<Integer> {
  @Option(names = "--user", required = true, description = "For whom it speaks.")
  private String user = "";

  @Option(
      names = "--key",
      defaultValue = "",
      description = "The server's key; without it the development key in --data.")
  private String key = "";

  @Option(
      names = "--data",
      defaultValue = "data",
      description = "Where the development key is (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Option(
      names = "--seconds",
      defaultValue = "3600",
      description = "How long it lives (default: ${DEFAULT-VALUE}).")
  private long lifeSeconds;

  @Option(
      names = "--id",
      defaultValue = "",
      description = "Its jti, by which ./tidings admin revoke can make it worthless.")
  private String id = "";

  @Option(
      names = "--service",
      fallbackValue = "true",
      description = "For a backend: may act for others and needs no membership.")
  private boolean service;

  @Option(
      names = "--may-send",
      split = ",",
      description =
          "Patterns of addresses it may send to, for example u:*,g:*,a:all"
              + " (default: private and group conversations).")
  private List<String> maySend = List.of();

  @Option(
      names = "--label",
      description = "Something else about the user, for example platform=ios; may be repeated.")
  private Map<String, String> labels = Map.of();

  @Override
  public Integer call() {
    if (!Address.isName(user)) {
      System.err.println("tidings: '" + user + "' is no user name");
      return 2;
    }
    if (lifeSeconds < 1) {
      System.err.println("tidings: --seconds " + lifeSeconds + ": at least 1");
      return 2;
    }
    String secret = key.isEmpty() ? DevelopmentKey.findOrMake(data) : key;
    try {
      Tokens tokens = new Tokens(secret);
      long now = Clock.system().epochMillis();
      Map<String, List<String>> caps = maySend.isEmpty() ? Map.of() : Map.of("send", maySend);
      System.out.println(tokens.sign(user, service, caps, labels, id, now, lifeSeconds));
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println("tidings: " + e.getMessage());
      return 2;
    }
  }
}
