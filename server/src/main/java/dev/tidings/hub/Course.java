package dev.tidings.hub;

import dev.tidings.conversation.Readers;
import dev.tidings.engine.ConversationId;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one conversation still has to hand out on this lane, in its order. Confined to the lane.
///
/// Steps begin in order and end in order. Several handouts may be under way: all go round the
/// readers at the same place, and one that joins begins there and ends when it comes there again.
/// So what is new reaches a reader with what he is due to get anyway, in one write, and the busier
/// the conversation, the more of it leaves together. A change of the readers waits until all that
/// is before it has ended, and holds up all behind it: it falls between the entries where it
/// belongs.
final class Course {
  /// One thing to do in its turn.
  abstract static sealed class Step {
    private boolean done;

    /// The commit that it is of; what is of none never holds the lane back.
    abstract long commit();

    boolean isDone() {
      return done;
    }
  }

  /// Something that all readers of the moment are given.
  abstract static non-sealed class Handout extends Step {
    abstract int sizeBytes();

    /// Who reads now.
    abstract Readers readers();

    /// Its turn has come: the frame that they are given.
    abstract Frame make();

    /// @param frame what [#make()] made
    abstract void give(Session session, Frame frame);

    /// Everybody has it, or nobody gets it any more. Also when [#make()] failed halfway.
    void ended() {}

    private @Nullable Frame frame;

    private void begin() {
      frame = make();
    }

    private void give(Session session) {
      Frame made = frame;
      if (made != null) {
        give(session, made);
      }
    }

    private void end() {
      if (frame != null) {
        frame.release();
      }
      ended();
    }
  }

  /// Readers come or go.
  static final class Turnover extends Step {
    private final long commit;
    private final Runnable change;

    Turnover(long commit, Runnable change) {
      this.commit = commit;
      this.change = change;
    }

    @Override
    long commit() {
      return commit;
    }
  }

  /// A handout on its way round. It has been given to those from `from` on up to where the walk is,
  /// and to nobody at `end` or behind it, who came later.
  private static final class Lap {
    final Handout handout;
    final int from;
    final int end;
    boolean secondHalf;

    Lap(Handout handout, int from, int end) {
      this.handout = handout;
      this.from = from;
      this.end = end;
    }
  }

  /// Handouts that go round at one time. Each begins a part of the way behind the one before; so
  /// what a reader gets in one write is what came during one round, and with `n` abreast nothing
  /// waits longer than the n-th part of a round to begin.
  private static final int ABREAST = 4;

  final ConversationId id;
  private final ArrayDeque<Step> steps = new ArrayDeque<>(2);
  private final List<Lap> laps = new ArrayList<>(1);
  private final Readers.Visit visit = this::visit;
  private Readers.@Nullable Walk walk;

  Course(ConversationId id) {
    this.id = id;
  }

  boolean isOver() {
    return laps.isEmpty() && steps.isEmpty();
  }

  /// To be done behind everything else.
  void add(Step step) {
    steps.add(step);
  }

  /// The last step that waits: more may be put into it.
  @Nullable Step lastWaiting() {
    return steps.peekLast();
  }

  /// Bytes that wait for their turn.
  int waitingBytes() {
    int bytes = 0;
    for (Step step : steps) {
      bytes += step instanceof Handout handout ? handout.sizeBytes() : 0;
    }
    return bytes;
  }

  /// Whether what comes next is for no more than `readers` sessions.
  boolean isFor(int readers) {
    return laps.isEmpty()
        && (!(steps.peekFirst() instanceof Handout next) || next.readers().size() <= readers);
  }

  /// Hands out to at most `readers` sessions; answers to how many.
  int proceed(int readers) {
    int given = 0;
    begin(true);
    while (!laps.isEmpty() && given < readers) {
      given += goOn(readers - given);
      begin(given < readers);
    }
    return given;
  }

  /// Begins what may begin now.
  ///
  /// @param handouts whether there is somebody to be given something yet
  private void begin(boolean handouts) {
    while (!steps.isEmpty() && mayBegin(steps.getFirst(), handouts)) {
      Step step = steps.removeFirst();
      switch (step) {
        case Turnover turnover -> {
          turnover.change.run();
          step.done = true;
        }
        case Handout handout -> begin(handout);
      }
    }
  }

  private boolean mayBegin(Step step, boolean handouts) {
    return switch (step) {
      case Turnover ignored -> laps.isEmpty();
      case Handout handout -> handouts && (laps.isEmpty() || mayJoin(handout));
    };
  }

  private boolean mayJoin(Handout handout) {
    Readers readers = handout.readers();
    Readers.Walk walking = walk;
    if (walking == null
        || !walking.isOf(readers)
        || readers.needsSweep()
        || laps.size() == ABREAST) {
      return false;
    }
    Lap last = laps.getLast();
    int gone = walking.at() - last.from;
    return (last.secondHalf ? gone + walking.end() : gone) >= walking.end() / ABREAST;
  }

  private void begin(Handout handout) {
    Readers.Walk walking = walk;
    if (walking == null) {
      walking = handout.readers().walk();
      walk = walking;
    }
    // Before it is made, so that what is made is given back if that fails halfway.
    laps.add(new Lap(handout, walking.at(), walking.extend()));
    handout.begin();
  }

  /// Goes on to the next place where a lap ends, but visits no more than `readers`.
  private int goOn(int readers) {
    Lap oldest = laps.getFirst();
    Readers.Walk walking = Objects.requireNonNull(walk);
    int until = oldest.secondHalf ? oldest.from : walking.end();
    int given = walking.proceed(readers, until, visit);
    if (walking.at() == until) {
      if (!oldest.secondHalf) {
        walking.goRound();
        laps.forEach(lap -> lap.secondHalf = true);
      }
      while (!laps.isEmpty() && hasEnded(laps.getFirst(), walking.at())) {
        end(laps.removeFirst());
      }
      if (laps.isEmpty()) {
        endWalk();
      }
    }
    return given;
  }

  private static boolean hasEnded(Lap lap, int at) {
    return lap.secondHalf && lap.from == at;
  }

  private void visit(Session session, int place) {
    for (int i = 0; i < laps.size() && !session.isClosed(); i++) {
      Lap lap = laps.get(i);
      if (place < lap.end) {
        lap.handout.give(session);
      }
    }
  }

  private static void end(Lap lap) {
    lap.handout.end();
    ((Step) lap.handout).done = true;
  }

  private void endWalk() {
    Readers.Walk walked = walk;
    walk = null;
    if (walked != null) {
      walked.close();
    }
  }

  /// Forgets everything that was to be done.
  void abandon() {
    steps.clear();
    while (!laps.isEmpty()) {
      end(laps.removeFirst());
    }
    endWalk();
  }
}
