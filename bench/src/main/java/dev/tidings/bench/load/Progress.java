package dev.tidings.bench.load;

import java.io.PrintStream;

/// What a person sees while a run is going on: one line that changes. Nothing where no person
/// looks.
final class Progress {
  private static final int BAR = 24;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean shown;

  private Progress(PrintStream out, boolean shown) {
    this.out = out;
    this.shown = shown;
  }

  /// On standard error, if it is a terminal as far as Java can tell.
  @SuppressWarnings("SystemConsoleNull") // it may still be null, says its documentation
  static Progress ofTerminal() {
    return new Progress(System.err, System.console() != null && System.console().isTerminal());
  }

  static Progress none() {
    return new Progress(System.err, false);
  }

  /// @param share from 0 to 1
  void at(String phase, double share, String details) {
    if (shown) {
      int done = (int) Math.round(Math.clamp(share, 0, 1) * BAR);
      out.print(
          CLEAR
              + Words.of(
                  "%-10s [%s%s] %3.0f %%  %s",
                  phase,
                  "#".repeat(done),
                  ".".repeat(BAR - done),
                  Math.clamp(share, 0, 1) * 100,
                  details));
      out.flush();
    }
  }

  void clear() {
    if (shown) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
