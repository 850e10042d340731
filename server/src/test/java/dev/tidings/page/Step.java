package dev.tidings.page;

/// One line of an example: what somebody does, or is told. `line` is where it stands on the page,
/// `who` whose terminal it is.
public sealed interface Step {
  int line();

  String who();

  /// `alice > {…}`: types a line, or the like of it so many times, `#` being which one it is.
  record Says(int line, String who, String text, int times) implements Step {}

  /// `bob < {…}`: reads a line.
  record Hears(int line, String who, String text) implements Step {}

  /// `$ curl …`: runs something in a shell.
  record Runs(int line, String who, String command) implements Step {}

  /// `bob ^C`: presses a key, `C` to go, `S` to read no further, `Q` to read on.
  record Presses(int line, String who, char key) implements Step {}

  /// `… 10 s`: so much time goes by.
  record Waits(int line, long seconds) implements Step {
    @Override
    public String who() {
      return "";
    }
  }

  /// `… a moment`: what is asked next may have to be asked again until the answer is that.
  record Moment(int line) implements Step {
    @Override
    public String who() {
      return "";
    }
  }
}
