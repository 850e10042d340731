package dev.tidings;

import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Store;
import dev.tidings.engine.StoreText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `tidings import`: what `tidings export` has written, to where there is nothing yet.
@Command(
    name = "import",
    description =
        "Reads an export of everything into a new folder, or into Redis. Epochs and numbers stay, so"
            + " clients go on where they were.",
    mixinStandardHelpOptions = true)
final class Import implements Callable<Integer> {
  @Mixin private StoreOptions where = new StoreOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The export (default: standard input).")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    try (InputStream in = file.toString().isEmpty() ? System.in : Files.newInputStream(file);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
        Store store = where.importing()) {
      StoreText.Import taken = new StoreText.Import(store);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        taken.line(line);
      }
      System.out.println(taken.end() + " rows are in " + where.where());
      return 0;
    } catch (StoreText.Import.Refused e) {
      throw new ServerSettings.Refused(String.valueOf(e.getMessage()));
    }
  }
}
