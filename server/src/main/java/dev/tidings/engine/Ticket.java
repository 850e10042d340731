package dev.tidings.engine;

import java.util.function.Consumer;

/// Whoever waits for an answer, and where.
public interface Ticket {
  /// One whose answer goes to `then`.
  static Ticket of(int lane, Consumer<Answer> then) {
    return new Ticket() {
      @Override
      public int lane() {
        return lane;
      }

      @Override
      public void on(Answer answer) {
        then.accept(answer);
      }
    };
  }

  /// The index of the lane on which [#on(Answer)] is called.
  int lane();

  /// The answer. Called exactly once, on the lane, unless the node ends first.
  void on(Answer answer);
}
