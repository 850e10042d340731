package dev.tidings.bench;

import dev.tidings.bench.load.LoadCommand;
import java.util.Map;

/// `./tidings bench`.
final class TidingsBench {
  private TidingsBench() {}

  public static void main(String[] args) {
    System.exit(LoadCommand.run(Map.of(), args));
  }
}
