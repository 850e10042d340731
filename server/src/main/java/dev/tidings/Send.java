package dev.tidings;

import dev.tidings.client.TidingsClient;
import dev.tidings.client.json.Json;
import dev.tidings.client.json.JsonException;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.Outgoing;
import dev.tidings.client.model.Sent;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `tidings send`: sends one message and waits until it is kept.
@Command(
    name = "send",
    description = "Sends one message and waits until the server has kept it.",
    mixinStandardHelpOptions = true)
final class Send implements Callable<Integer> {
  @Mixin private ConnectOptions connect = new ConnectOptions();

  @Parameters(index = "0", paramLabel = "TO", description = "u:bob, g:ops, a:all or t:weather.")
  private String to = "";

  @Parameters(index = "1", paramLabel = "TEXT", description = "What to send.")
  private String text = "";

  @Option(names = "--json", fallbackValue = "true", description = "TEXT is JSON, not a plain text.")
  private boolean json;

  @Option(
      names = "--cid",
      description = "Your own id for this message: sending it again with the same id is safe.")
  private String cid = "";

  @Option(
      names = "--wait",
      defaultValue = "30",
      description = "Seconds to keep trying (default: ${DEFAULT-VALUE}).")
  private int waitSeconds;

  @Override
  public Integer call() throws InterruptedException {
    Json data;
    try {
      data = json ? Json.parse(text) : Json.of(text);
    } catch (JsonException e) {
      System.err.println("tidings: TEXT is no JSON: " + e.getMessage());
      return 2;
    }
    Outgoing outgoing = Outgoing.to(to, data);
    if (!cid.isEmpty()) {
      outgoing = outgoing.withCid(cid);
    }
    try (TidingsClient client =
        connect.connect(connect.options().withFirstEntries(0), new ClientListener() {})) {
      Sent sent = client.send(outgoing).get(waitSeconds, TimeUnit.SECONDS);
      System.out.println(inWords(sent));
      return 0;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ClientFailure failure) {
        System.err.println("tidings: " + failure.getMessage());
        return 1;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      System.err.println(
          "tidings: no answer from "
              + connect.where()
              + " for "
              + waitSeconds
              + " s; whether it was kept is unknown");
      return 1;
    }
  }

  private static String inWords(Sent sent) {
    if (sent.seq() == 0) {
      return "passed on in " + sent.in();
    }
    String kept = "kept in " + sent.in() + " as " + sent.seq() + ", level " + sent.level();
    return sent.dup() ? kept + ", already before" : kept;
  }
}
