package dev.tidings.engine;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.EngineBed.Driven;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Each test has an engine of its own, which can be ended and opened again.
public abstract class EngineFixture {
  protected static final EngineLimits LIMITS = new EngineLimits(5, 3, 3_600, Retention.ALL, 600);

  protected final ManualClock clock = new ManualClock();
  private final Ids ids = new Ids(new Random(7));
  protected EngineBed bed;

  /// Opens an engine on the data of this test: the same data each time it is called.
  protected abstract Driven open(Clock clock, Ids ids, EngineLimits limits);

  /// Whether every commit has a number, also one that keeps nothing for its own sake: where several
  /// nodes must hear of it.
  protected boolean numbersAll() {
    return false;
  }

  /// The limits from the next opening on.
  protected EngineLimits limits = LIMITS;

  @BeforeEach
  void begin() {
    bed = new EngineBed(open(clock, ids, limits));
  }

  @AfterEach
  void end() {
    bed.engine().close();
  }

  /// Ends the engine cleanly and opens what it kept.
  protected void restart() {
    end();
    begin();
  }
}
