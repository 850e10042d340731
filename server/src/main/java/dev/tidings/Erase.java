package dev.tidings;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.config.ServerSettings;
import dev.tidings.embedded.Eraser;
import dev.tidings.protocol.Address;
import dev.tidings.search.SearchIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `tidings erase`: what a user wrote and what is kept about him goes.
@Command(
    name = "erase",
    description =
        "Empties what a user wrote, ends his memberships and forgets his pointers. The server must"
            + " be stopped; a running one is asked by `tidings admin erase`. This cannot be undone.",
    mixinStandardHelpOptions = true)
final class Erase implements Callable<Integer> {
  @Option(names = "--user", required = true, description = "Who is erased.")
  private String user = "";

  @Option(
      names = "--data",
      defaultValue = "data",
      description = "The server's folder (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Override
  public Integer call() throws IOException {
    if (!Address.isName(user)) {
      throw new ServerSettings.Refused("'" + user + "' is no user name");
    }
    if (!Files.isDirectory(data.resolve("store"))) {
      throw new ServerSettings.Refused("there is no data in " + data.toAbsolutePath());
    }
    Eraser.erase(data, user, Clock.system(), new Ids(new SecureRandom()));
    SearchIndex.forget(data); // it is made anew from what is left
    System.out.println(user + " is erased from " + data.toAbsolutePath());
    return 0;
  }
}
