package dev.tidings.hub;

import dev.tidings.engine.ConversationId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Hands out to many without keeping the others waiting. Confined to the lane.
///
/// A group of ten thousand readers is ten thousand system calls. So conversations take turns, some
/// readers of each at a time; between two rounds the lane looks at its sockets and its mailbox.
/// What moves in a conversation meanwhile waits behind its [Course], and entries that wait leave
/// together: the busier a large group, the more of it fits one write.
///
/// The bound of what waits is told to the senders: see [Congestion].
public final class FanOut {
  /// How readers are divided into rounds.
  ///
  /// @param fewReaders a conversation of so few is served whole in every round, as a private one is
  /// @param turnReaders readers of one larger conversation in its turn
  /// @param roundReaders readers of all larger conversations in one round
  /// @param waitingBytesMax when more waits in one larger conversation, nothing is taken for it
  public record Rounds(int fewReaders, int turnReaders, int roundReaders, int waitingBytesMax) {
    /// A round takes a quarter of a millisecond.
    public static final Rounds DEFAULTS = new Rounds(16, 32, 64, 1024 * 1024);
  }

  /// Does work that may fail, and keeps the lane's books whatever comes of it.
  interface Guard {
    void run(Runnable work);
  }

  private final Shard shard;
  private final Rounds rounds;
  private final Guard guard;
  private final Map<ConversationId, Course> courses = new HashMap<>();
  private final ArrayDeque<Course> turns = new ArrayDeque<>();

  /// What is not done yet, in the order of commits; those that are done go when they are first.
  private final ArrayDeque<Course.Step> outstanding = new ArrayDeque<>();

  private final Runnable nextRound = this::nextRound;
  private boolean roundComes;

  FanOut(Shard shard, Guard guard) {
    this.shard = shard;
    this.rounds = shard.settings.rounds();
    this.guard = guard;
  }

  /// The course of a conversation that has one: then everything about it waits behind it.
  @Nullable Course course(ConversationId id) {
    return courses.get(id);
  }

  /// To be done for this conversation, behind what it has to do already.
  void add(ConversationId id, Course.Step step) {
    Course course = courses.get(id);
    if (course == null) {
      course = new Course(id);
      courses.put(id, course);
      turns.add(course);
    }
    course.add(step);
    if (step.commit() != 0) {
      outstanding.add(step);
    }
    grew(course);
  }

  /// Readers of a conversation come or go: behind what is handed out still.
  void turnOver(long commit, ConversationId id, Runnable change) {
    if (courses.containsKey(id)) {
      add(id, new Course.Turnover(commit, change));
    } else {
      change.run();
    }
  }

  /// More waits in this course than before.
  void grew(Course course) {
    if (course.waitingBytes() > rounds.waitingBytesMax() && !course.isFor(rounds.fewReaders())) {
      shard.congestion.begins(shard.index, course.id);
    }
  }

  /// Begins a round. If one is to come anyway, those with few readers do not wait for it, so that
  /// they are written to before it.
  void proceed() {
    if (roundComes) {
      serveFew();
    } else {
      round();
    }
  }

  /// They are last: a conversation that is served whole stays for no second round.
  private void serveFew() {
    while (!turns.isEmpty() && turns.getLast().isFor(rounds.fewReaders())) {
      Course course = turns.getLast();
      course.proceed(rounds.turnReaders());
      turns.removeLast(); // not before: what fails is found here
      goesOn(course);
      if (!course.isOver()) {
        break;
      }
    }
  }

  private void nextRound() {
    roundComes = false;
    guard.run(this::round);
  }

  private void round() {
    int left = rounds.roundReaders();
    for (int turn = turns.size(); turn > 0; turn--) {
      Course course = turns.getFirst();
      if (course.isFor(rounds.fewReaders())) {
        course.proceed(rounds.turnReaders());
      } else if (left > 0) {
        left -= course.proceed(Math.min(left, rounds.turnReaders()));
      }
      turns.removeFirst();
      goesOn(course);
    }
    if (!turns.isEmpty()) {
      roundComes = true;
      shard.lane.afterSockets(nextRound);
    }
  }

  /// It had its turn: the next one comes after all others, if anything is left to do.
  private void goesOn(Course course) {
    if (course.isOver()) {
      courses.remove(course.id);
    } else {
      turns.addLast(course);
    }
    if (shard.congestion.isOf(shard.index, course.id)
        && course.waitingBytes() < rounds.waitingBytesMax() / 2) {
      shard.congestion.ends(shard.index, course.id);
    }
  }

  /// The last commit of which everything was handed out, if `told` is the last that was told.
  long workedOff(long told) {
    while (!outstanding.isEmpty() && outstanding.getFirst().isDone()) {
      outstanding.removeFirst();
    }
    return outstanding.isEmpty() ? told : outstanding.getFirst().commit() - 1;
  }

  /// Forgets what was to be handed out, because handing out failed.
  void abandon() {
    for (Course course : turns) {
      course.abandon();
      shard.congestion.ends(shard.index, course.id);
    }
    turns.clear();
    courses.clear();
    outstanding.clear();
  }
}
