package dev.tidings;

import dev.tidings.config.ServerSettings;
import dev.tidings.engine.StoreText;
import dev.tidings.protocol.Address;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `tidings export`: everything that is kept, or what is kept of one user, as lines of JSON.
@Command(
    name = "export",
    description =
        "Writes everything that is kept as lines of JSON, as it is at this moment. The server may"
            + " run meanwhile; nodes on Redis must not keep anything meanwhile, but for --user.",
    mixinStandardHelpOptions = true)
final class Export implements Callable<Integer> {
  @Mixin private StoreOptions where = new StoreOptions();

  @Option(
      names = "--user",
      defaultValue = "",
      description = "Only what this user wrote and what is kept about him.")
  private String user = "";

  @Option(names = "--file", description = "A new file to write to (default: standard output).")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    if (!user.isEmpty() && !Address.isName(user)) {
      throw new ServerSettings.Refused("'" + user + "' is no user name");
    }
    try (StoreOptions.Reading reading = where.reading();
        OutputStream out = new BufferedOutputStream(target(), 1 << 16)) {
      if (user.isEmpty()) {
        StoreText.export(reading.store(), line -> write(out, line), reading.check());
      } else {
        StoreText.export(reading.store(), user, line -> write(out, line));
      }
    }
    return 0;
  }

  private OutputStream target() throws IOException {
    return file.toString().isEmpty()
        ? System.out
        : Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private static void write(OutputStream out, String line) {
    try {
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the export: " + e.getMessage(), e);
    }
  }
}
