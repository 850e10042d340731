package dev.tidings.testbed.process;

import dev.tidings.testbed.TestbedFailure;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/// Kills what we started when we are gone, whichever way we went: a process of its own that reads
/// the ids of ours from a pipe, and at the pipe's end kills those that are left.
///
/// One for each Java virtual machine, started when it is first needed. Called by any thread.
public final class Warden {
  /// Deaf to signals, for those of a terminal go to it as well.
  private static final String SCRIPT =
      """
      trap '' HUP INT TERM
      watched=' '
      while read -r what id; do
        case $what in
          watch) watched="$watched$id " ;;
          forget) case $watched in *" $id "*) watched="${watched%% $id *} ${watched#* $id }" ;; esac ;;
        esac
      done
      for id in $watched; do kill -KILL "$id" 2>/dev/null; done
      """;

  private static final Warden ONLY = new Warden();

  private final Writer orders;

  private Warden() {
    try {
      Process process =
          new ProcessBuilder("sh", "-c", SCRIPT)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      orders = process.outputWriter(StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new TestbedFailure("no shell to watch over processes", e);
    }
  }

  /// Has the process die with us.
  public static Process watch(Process process) {
    ONLY.order("watch " + process.pid());
    return process;
  }

  /// The process is gone: its id may soon be somebody else's.
  public static void forget(Process process) {
    ONLY.order("forget " + process.pid());
  }

  private synchronized void order(String line) {
    try {
      orders.write(line + "\n");
      orders.flush();
    } catch (IOException e) {
      throw new TestbedFailure("who watches over processes is gone", e);
    }
  }
}
