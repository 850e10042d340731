package dev.tidings.redis;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineContract;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.GroupContract;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.RetentionContract;
import dev.tidings.engine.RevisionContract;
import dev.tidings.engine.StandingContract;
import dev.tidings.engine.SyncContract;
import dev.tidings.engine.VoidContract;
import java.util.List;
import org.junit.jupiter.api.Nested;

/// The engine on rows in a real Redis, driven in the test's own thread.
class RedisStoreTest {
  private final String prefix = TestRedis.freshPrefix();
  private int starts;

  private Driven open(Clock clock, Ids ids, EngineLimits limits) {
    RedisStore store =
        new RedisStore(Link.open(TestRedis.address(), prefix), "node-" + starts++);
    store.begin(store.take().commit());
    LogEngine engine =
        new LogEngine(
            store, clock, ids, limits, Level.MEMORY, "", () -> {}, Runnable::run);
    return new Driven(engine, () -> engine.drain() || engine.tidy(), /* ownThreads= */ false);
  }

  @Nested
  class Keeps extends EngineContract {
    @Override
    protected boolean numbersAll() {
      return true;
    }

    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return RedisStoreTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Groups extends GroupContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return RedisStoreTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Trims extends RetentionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return RedisStoreTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Revises extends RevisionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return RedisStoreTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Empties extends VoidContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return RedisStoreTest.this.open(clock, ids, limits);
    }

    @Override
    protected List<String> stored() {
      return TestRedis.values(prefix);
    }
  }

  @Nested
  class Stands extends StandingContract {
    @Override
    protected boolean numbersAll() {
      return true;
    }

    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return RedisStoreTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Syncs extends SyncContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return RedisStoreTest.this.open(clock, ids, limits);
    }
  }
}
