package dev.tidings.embedded;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
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
                  Runnable::run,
                  (commit, committed, answered) -> {
                    answered.forEach(each -> each.ticket().on(each.answer()));
                  })));
      engine.submit(new Change.Erase(Ticket.of(0, answers::add), user));
      while (engine.drain() || engine.tidy()) {
        // each turn is one batch
      }
      if (!answers.equals(List.of(new Answer.Done()))) {
        throw new Store.StoreException("not erased: " + answers + " " + engine.fault(), null);
      }
      store.compact();
    }
  }
}
