package dev.tidings;

import dev.tidings.client.TidingsClient;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Presence;
import java.io.PrintStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `tidings listen`: prints what reaches a user, one line of JSON per entry.
@Command(
    name = "listen",
    description =
        "Prints what reaches a user, one line of JSON per entry, until it is ended. Comes"
            + " back by itself after every cut; nothing is missed and nothing comes twice.",
    mixinStandardHelpOptions = true)
final class Listen implements Callable<Integer> {
  /// From this close code on, coming back is pointless.
  private static final int CLOSE_STOP = 4500;

  @Mixin private ConnectOptions connect = new ConnectOptions();

  @Option(names = "--sub", description = "Also follow this topic or presence; may be repeated.")
  private List<String> subscriptions = List.of();

  @Option(
      names = "--first",
      defaultValue = "0",
      description = "How many entries from before to show of each conversation (0: only new ones).")
  private int first;

  @Override
  public Integer call() throws Exception {
    PrintStream out = System.out;
    ClientListener listener =
        new ClientListener() {
          @Override
          public void onEntry(Entry entry) {
            out.println(entry.unit().text());
          }

          @Override
          public void onGap(Gap gap) {
            System.err.println("tidings: " + gap);
          }

          @Override
          public void onPresence(Presence presence) {
            out.println(presence.unit().text());
          }

          @Override
          public void onState(ClientState state) {
            System.err.println("tidings: " + inWords(state));
          }
        };
    try (TidingsClient client =
        connect.connect(connect.options().withFirstEntries(first), listener)) {
      for (String subscription : subscriptions) {
        if (!subscribed(client, subscription)) {
          return 1;
        }
      }
      ClientState.Closed last = client.closed().get();
      return last.close() >= CLOSE_STOP ? 1 : 0;
    }
  }

  private static boolean subscribed(TidingsClient client, String in) throws InterruptedException {
    try {
      client.subscribe(in).get();
      return true;
    } catch (ExecutionException e) {
      System.err.println(
          "tidings: --sub " + in + ": " + Objects.requireNonNull(e.getCause()).getMessage());
      return false;
    }
  }

  private static String inWords(ClientState state) {
    return switch (state) {
      case ClientState.Connecting() -> "connecting";
      case ClientState.Live(String user, String connection) ->
          "live as " + user + " on " + connection;
      case ClientState.Waiting(long delayMillis, String code) ->
          "trying again in " + delayMillis + " ms" + (code.isEmpty() ? "" : " (" + code + ")");
      case ClientState.Closed(int close, String code, String message) ->
          "closed, " + close + " " + code + (message.isEmpty() ? "" : ": " + message);
    };
  }
}
