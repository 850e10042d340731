package dev.tidings.hub;

import dev.tidings.conversation.Readers;
import dev.tidings.engine.ConversationId;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one conversation still has to hand out on this lane, in its order. Confined to the lane.
///
/// The step at the head may be under way; those behind it wait, so that nobody is handed a later
/// entry before an earlier one, and a change of the readers falls between the entries where it
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

  final ConversationId id;
  private final ArrayDeque<Step> steps = new ArrayDeque<>(2);
  private final Consumer<Session> give = this::give;
  private @Nullable Handout underWay;
  private Readers.@Nullable Walk walk;

  Course(ConversationId id) {
    this.id = id;
  }

  boolean isOver() {
    return underWay == null && steps.isEmpty();
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
    return walk == null
        && (!(steps.peekFirst() instanceof Handout next) || next.readers().size() <= readers);
  }

  /// Hands out to at most `readers` sessions; answers to how many.
  int proceed(int readers) {
    int given = 0;
    while (!isOver()) {
      if (underWay == null) {
        if (given == readers && steps.getFirst() instanceof Handout) {
          break;
        }
        begin(steps.removeFirst());
      }
      Readers.Walk walking = walk;
      if (walking != null) {
        given += walking.proceed(readers - given, give);
        if (!walking.isOver()) {
          break;
        }
        end();
      }
    }
    return given;
  }

  private void begin(Step step) {
    switch (step) {
      case Turnover turnover -> {
        turnover.change.run();
        step.done = true;
      }
      case Handout handout -> {
        underWay = handout; // first, so that what it made is given back if it fails
        handout.begin();
        walk = handout.readers().walk();
      }
    }
  }

  private void give(Session session) {
    Handout handout = underWay;
    if (handout != null) {
      handout.give(session);
    }
  }

  private void end() {
    Handout handout = underWay;
    Readers.Walk walked = walk;
    underWay = null;
    walk = null;
    if (walked != null) {
      walked.end();
    }
    if (handout != null) {
      handout.end();
      ((Step) handout).done = true;
    }
  }

  /// Forgets everything that was to be done.
  void abandon() {
    steps.clear();
    end();
  }
}
