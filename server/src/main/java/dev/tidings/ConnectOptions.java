package dev.tidings;

import dev.tidings.client.TidingsClient;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.TokenSource;
import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of every command that connects: where, and as whom.
final class ConnectOptions {
  @Option(
      names = "--server",
      defaultValue = "ws://localhost:8080/v1/ws",
      description =
          "Where the server is: ws://…/v1/ws, wss://…/v1/ws or tcp://host:port"
              + " (default: ${DEFAULT-VALUE}). Several nodes: with commas between them.",
      split = ",")
  private List<URI> nodes = List.of(URI.create("ws://localhost:8080/v1/ws"));

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @ArgGroup(multiplicity = "1")
  private Who who = new Who();

  /// Exactly one of the two.
  static final class Who {
    @Option(names = "--user", description = "A name, for a server in development mode.")
    private String user = "";

    @Option(names = "--token", description = "A token, as ./tidings token makes them.")
    private String token = "";
  }

  /// The addresses, for people.
  String where() {
    return nodes.stream().map(URI::toString).collect(Collectors.joining(" or "));
  }

  /// Begins to connect.
  ///
  /// @throws ParameterException if the server's address is not one of the known forms
  TidingsClient connect(ClientOptions as, ClientListener listener) {
    try {
      return TidingsClient.connect(nodes, as, listener);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), "tidings: --server: " + e.getMessage(), e);
    }
  }

  ClientOptions options() {
    ClientOptions options =
        who.token.isEmpty()
            ? ClientOptions.ofUser(who.user)
            : ClientOptions.ofToken(TokenSource.fixed(who.token));
    return options.withClient("tidings command line");
  }
}
