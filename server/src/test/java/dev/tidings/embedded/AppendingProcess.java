package dev.tidings.embedded;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineBed;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.Ticket;
import dev.tidings.protocol.Payload;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;

/// Appends until it is killed, and prints a line for each entry that was confirmed: address, epoch,
/// seq, cid. Started by [KillTest].
final class AppendingProcess {
  static final String USER = "ann";
  static final int IN_FLIGHT = 200;

  /// A safety net: nobody killed it.
  private static final int APPENDS_MAX = 5_000_000;

  private AppendingProcess() {}

  static String addressOf(int number) {
    return number % 7 == 0 ? "t:news" : "u:user" + number % 5;
  }

  static String dataOf(int number) {
    return "\"" + "x".repeat(number % 300) + number + "\"";
  }

  static int numberOf(String cid) {
    return Integer.parseInt(cid.substring(cid.indexOf('-') + 1));
  }

  public static void main(String[] args) throws InterruptedException {
    Path data = Path.of(args[0]);
    Ids ids = new Ids(new Random());
    EmbeddedEngine engine =
        new EmbeddedEngine(
            data, Level.valueOf(args[1]), EngineLimits.DEFAULTS, Clock.system(), ids);
    engine.start(
        List.of(
            new Engine.LaneDoor(
                Runnable::run,
                (commit, committed, answers) ->
                    answers.forEach(each -> each.ticket().on(each.answer())))));
    Semaphore room = new Semaphore(IN_FLIGHT);
    for (int number = 0; number < APPENDS_MAX; number++) {
      room.acquire();
      engine.submit(append(number, args[2] + number, room));
    }
  }

  private static Change append(int number, String cid, Semaphore room) {
    String to = addressOf(number);
    PrintStream out = System.out;
    Ticket ticket =
        Ticket.of(
            0,
            answer -> {
              if (answer instanceof Answer.Appended done) {
                String epoch = done.conversation().epoch();
                out.println(to + " " + epoch + " " + done.seq() + " " + cid + ";");
              }
              room.release();
            });
    Payload payload = Payload.of(dataOf(number));
    return new Change.Append(ticket, EngineBed.id(USER, to), USER, cid, payload, false);
  }
}
