package dev.tidings.engine;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.EngineBed.Driven;
import java.util.List;
import org.junit.jupiter.api.Nested;

/// The engine on the twin in memory, driven in the test's own thread.
class MemoryEngineTest {
  static Driven drive(Store store, Clock clock, Ids ids, EngineLimits limits, Level level) {
    LogEngine engine =
        new LogEngine(store, clock, ids, limits, level, "boot-1", () -> {}, Runnable::run);
    return new Driven(engine, () -> engine.drain() || engine.tidy(), /* ownThreads= */ false);
  }

  private final Store store = new MemoryStore();

  private Driven open(Clock clock, Ids ids, EngineLimits limits) {
    return drive(store, clock, ids, limits, Level.MEMORY);
  }

  @Nested
  class Keeps extends EngineContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Groups extends GroupContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Trims extends RetentionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Revises extends RevisionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Empties extends VoidContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }

    @Override
    protected List<String> stored() {
      return KeptLogs.values(store);
    }
  }

  @Nested
  class Stands extends StandingContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Announces extends ChannelContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Syncs extends SyncContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return MemoryEngineTest.this.open(clock, ids, limits);
    }
  }
}
