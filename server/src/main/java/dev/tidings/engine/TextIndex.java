package dev.tidings.engine;

import java.util.List;
import java.util.Map;

/// Finds words in what was said. It is derived from the logs and follows them in its own time: what
/// it finds are places to look at. Whether something is still said there, and who may read it, is
/// for the log to say ([SearchReader]).
///
/// [#follow(LogFeed)] comes first, once. All methods may be called from any thread.
public interface TextIndex extends AutoCloseable {
  /// Tells where to read what is to be found.
  void follow(LogFeed feed);

  /// Something was kept. Called by the writer: takes a note and does not wait.
  void wake();

  /// Candidates, newest first. May wait and read files: for threads that may.
  Finding find(Wanted wanted);

  /// Ends following. To be called before the store closes.
  @Override
  void close();

  /// A stretch of a log, both ends included.
  record Stretch(long low, long high) {}

  /// A place in the order in which things are found: newest first. Of one moment, the one of the
  /// higher number and then of the higher seq comes first.
  ///
  /// @param tsMillis Unix time of the append
  record Position(long tsMillis, long number, long seq) {}

  /// Where words were found.
  ///
  /// @param rev the edit that put them there, 0 if they are there from the beginning
  record Place(Position position, long rev) {}

  /// What is to be found, and where.
  ///
  /// @param text words that must all be there; between quotes, side by side
  /// @param from the author, `""`: anybody
  /// @param reader also in all private conversations of this user, `""`: in no others
  /// @param logs where else, by the number of the conversation
  /// @param behind only what comes behind it in the order
  /// @param limit most places
  record Wanted(
      String text,
      String from,
      String reader,
      Map<Long, Stretch> logs,
      Position behind,
      int limit) {}

  /// What became of it.
  sealed interface Finding {
    /// @param places in order; fewer than asked for: there are no more
    /// @param whole whether the index knows all but the last moments
    record Places(List<Place> places, boolean whole) implements Finding {}

    /// The text cannot be looked for, or not in the time that a search has; `rule` says why.
    record NoText(String rule) implements Finding {}

    /// Not at present.
    record NotNow(String why) implements Finding {}
  }
}
