package dev.tidings.redis;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.ChannelContract;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineContract;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.GroupContract;
import dev.tidings.engine.RetentionContract;
import dev.tidings.engine.RevisionContract;
import dev.tidings.engine.StandingContract;
import dev.tidings.engine.SyncContract;
import dev.tidings.engine.VoidContract;
import dev.tidings.testbed.redis.NeedsRedis;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;

/// Two nodes that share one Redis keep the same contract as one.
@NeedsRedis
class TwoNodesTest {
  private final String prefix = TestRedis.freshPrefix();
  private final Random random = new Random(11);
  private int starts;

  private Driven open(Clock clock, Ids ids, EngineLimits limits) {
    return new NodePair(prefix, "start-" + starts++, random, clock, ids, limits).driven();
  }

  @Nested
  class Keeps extends EngineContract {
    @Override
    protected boolean numbersAll() {
      return true;
    }

    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return TwoNodesTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Channels extends ChannelContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return TwoNodesTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Groups extends GroupContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return TwoNodesTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Trims extends RetentionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return TwoNodesTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Revises extends RevisionContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return TwoNodesTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Empties extends VoidContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return TwoNodesTest.this.open(clock, ids, limits);
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
      return TwoNodesTest.this.open(clock, ids, limits);
    }
  }

  @Nested
  class Syncs extends SyncContract {
    @Override
    protected Driven open(Clock clock, Ids ids, EngineLimits limits) {
      return TwoNodesTest.this.open(clock, ids, limits);
    }
  }
}
