package dev.tidings.simulation;

import dev.tidings.base.Clock;
import dev.tidings.base.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One virtual clock, and chance in the place of threads.
///
/// A [Strand] is what would be a thread: its tasks run in turn. Which strand runs next is drawn
/// from the seed, one task at a time, so that tasks of different strands meet in every order that
/// real threads could bring about, and in the same order again with the same seed. Time moves only
/// when it is told to.
final class Scheduler implements Clock {
  private static final long EPOCH_MILLIS = 1_767_225_600_000L;

  /// A story that needs more tasks than this without an end goes round in circles.
  private static final int TASKS_MAX = 3_000_000;

  /// One strand at a time gets on more slowly than the others, another one after so many tasks.
  private static final int SLOW_FOR_TASKS = 64;

  /// How often another strand is drawn instead of the slow one.
  private static final int SLOWNESS = 5;

  private record Timer(Strand strand, Runnable task, long dueMillis, long order) {}

  private final RandomGenerator random;
  private final List<Strand> ready = new ArrayList<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          Comparator.comparingLong(Timer::dueMillis).thenComparingLong(Timer::order));
  private long nowMillis;
  private long timersMade;
  private int tasksRun;
  private @Nullable Strand slow;

  Scheduler(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public long epochMillis() {
    return EPOCH_MILLIS + nowMillis;
  }

  @Override
  public long monotonicMillis() {
    return nowMillis;
  }

  int tasksRun() {
    return tasksRun;
  }

  Strand strand(String name) {
    return new Strand(name);
  }

  /// Runs one task of a strand drawn by chance; `false` if nothing is to be done.
  boolean step() {
    if (ready.isEmpty()) {
      return false;
    }
    Strand drawn = draw();
    if (tasksRun % SLOW_FOR_TASKS == 0) {
      slow = drawn;
    }
    for (int again = 0; again < SLOWNESS && drawn == slow; again++) {
      drawn = draw();
    }
    drawn.runOne();
    return true;
  }

  private Strand draw() {
    return ready.get(random.nextInt(ready.size()));
  }

  /// Runs every task there is, and what comes of it. Nothing that waits for time.
  void settle() {
    while (step()) {
      if (tasksRun > TASKS_MAX) {
        throw new AssertionError("the simulation does not come to rest");
      }
    }
  }

  /// Lets `millis` pass, running all tasks at every moment at which something is due.
  void pass(long millis) {
    long until = nowMillis + millis;
    settle();
    while (!timers.isEmpty() && timers.peek().dueMillis() <= until) {
      moveTo(Math.max(nowMillis, timers.peek().dueMillis()));
      settle();
    }
    moveTo(until);
    settle();
  }

  /// Lets `millis` pass while everybody is busy: what falls due is queued, and nothing runs.
  void drift(long millis) {
    moveTo(nowMillis + millis);
  }

  private void moveTo(long millis) {
    nowMillis = millis;
    while (!timers.isEmpty() && timers.peek().dueMillis() <= nowMillis) {
      Timer timer = timers.remove();
      timer.strand().execute(timer.task());
    }
  }

  /// Tasks that run one after the other, as on one thread.
  final class Strand implements Lane {
    private final String name;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private boolean ended;
    private boolean held;

    private Strand(String name) {
      this.name = name;
    }

    @Override
    public void execute(Runnable task) {
      if (ended) {
        return;
      }
      tasks.add(task);
      if (tasks.size() == 1 && !held) {
        ready.add(this);
      }
    }

    @Override
    public Cancel schedule(Runnable task, long delayMillis) {
      boolean[] cancelled = {false};
      Runnable unlessCancelled =
          () -> {
            if (!cancelled[0]) {
              task.run();
            }
          };
      timers.add(new Timer(this, unlessCancelled, nowMillis + delayMillis, timersMade++));
      return () -> cancelled[0] = true;
    }

    /// The operating system has other things to do than to run this thread.
    void hold() {
      held = true;
      ready.remove(this);
    }

    void release() {
      if (held && !tasks.isEmpty()) {
        ready.add(this);
      }
      held = false;
    }

    boolean isIdle() {
      return tasks.isEmpty();
    }

    /// Whether the code that asks runs in a task of this strand.
    boolean isRunning() {
      return running;
    }

    void runOne() {
      Runnable task = tasks.remove();
      if (tasks.isEmpty()) {
        ready.remove(this);
      }
      tasksRun++;
      boolean before = running;
      running = true;
      try {
        task.run();
      } finally {
        running = before;
      }
    }

    /// The thread is killed: what it had to do is never done.
    void end() {
      ended = true;
      tasks.clear();
      ready.remove(this);
      timers.removeIf(timer -> timer.strand() == this);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
