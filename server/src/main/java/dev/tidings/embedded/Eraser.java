package dev.tidings.embedded;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.base.Lane;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.Store;
import dev.tidings.engine.Ticket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Erases a user from the folder of a server that does not run, in the thread of who asks.
public final class Eraser {
  private Eraser() {}

  /// When it returns, nothing that `user` wrote can be read any more.
  ///
  /// @throws Store.StoreException in words for an operator: in use, damaged, not readable
  public static void erase(Path data, String user, Clock clock, Ids ids) {
    RocksStore store = RocksStore.open(data, RocksStore.Memory.DEFAULTS);
    String boot = BootId.ofThisMachine();
    EngineLimits limits = EngineLimits.DEFAULTS;
    try (LogEngine engine =
        new LogEngine(store, clock, ids, limits, Level.DISK, boot, () -> {}, read -> read.run())) {
      List<Answer> answers = new ArrayList<>();
      engine.start(
          List.of(
              new Engine.LaneDoor(
                  here(),
                  (commit, committed, answered) -> {
                    answered.forEach(each -> each.ticket().on(each.answer()));
                  })));
      engine.submit(new Change.Erase(ticket(answers), user));
      while (engine.drain() || engine.tidy()) {
        // each turn is one batch
      }
      if (!answers.equals(List.of(new Answer.Done()))) {
        throw new Store.StoreException("not erased: " + answers + " " + engine.fault(), null);
      }
      store.compact();
    }
  }

  private static Ticket ticket(List<Answer> answers) {
    return new Ticket() {
      @Override
      public int lane() {
        return 0;
      }

      @Override
      public void on(Answer answer) {
        answers.add(answer);
      }
    };
  }

  private static Lane here() {
    return new Lane() {
      @Override
      public void execute(Runnable task) {
        task.run();
      }

      @Override
      public Cancel schedule(Runnable task, long delayMillis) {
        throw new UnsupportedOperationException("nothing is put off here");
      }
    };
  }
}
