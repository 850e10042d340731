package dev.tidings.bench.compare;

import dev.tidings.bench.load.LoadCommand;

/// `./tidings bench`, which also knows the languages of the other servers: the load generator of
/// one measurement, in a process of its own, so that each begins in the same state.
final class PeerLoad {
  private PeerLoad() {}

  public static void main(String[] args) {
    System.exit(LoadCommand.run(Contender.dialects(), args));
  }
}
