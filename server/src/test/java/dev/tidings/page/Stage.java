package dev.tidings.page;

/// A server, the terminals of those who talk to it, and time.
public interface Stage {
  /// Connects the terminal `who`, as `nc` does.
  ///
  /// @param relay to the plain relay
  void opens(String who, boolean relay);

  /// The unit by which `who` says who he is.
  String auth(String who);

  void says(String who, String line);

  /// The next line at `who`; fails if none comes.
  String hears(String who);

  /// Fails unless the server has ended the connection of `who`, with this code where it can be
  /// seen.
  void ended(String who, int code);

  /// Runs `command` at `who`, whose lines are then heard; returns when it is over, unless it waits
  /// for something.
  void runs(String who, String command);

  /// Runs `command` and answers what it printed.
  String output(String command);

  /// `who` goes away, and the server has noticed it.
  void leaves(String who);

  void readsNoFurther(String who);

  void readsOn(String who);

  void waits(long seconds);

  /// The server is told to end.
  void end();

  /// Asks until the answer is right.
  void until(Attempt attempt);

  /// Something that may not be so yet.
  @FunctionalInterface
  interface Attempt {
    boolean succeeds();
  }
}
