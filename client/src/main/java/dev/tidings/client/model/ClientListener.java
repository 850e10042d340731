package dev.tidings.client.model;

import java.lang.System.Logger.Level;

/// What the client tells the application. All methods are called one at a time, in order, on one
/// thread of the client. They may block: meanwhile the client stays connected, remembers where it
/// is, and reads on from the log afterwards.
///
/// A method that throws is reported to [#onFailure] and otherwise treated as if it had returned.
public interface ClientListener {

  /// The next entry of a conversation: each exactly once, in rising `seq` without holes, except
  /// those that [#onGap] named before. Entries of topics without log come as they come.
  default void onEntry(Entry entry) {}

  /// A break that cannot be repaired.
  default void onGap(Gap gap) {}

  /// Somebody came or went.
  default void onPresence(Presence presence) {}

  /// Somebody has got or read more of a conversation, or I have on another device. What was marked
  /// while this client was away stands in [#onConversation].
  default void onMark(Mark mark) {}

  /// Something said for the moment, such as typing. Dropped when the application is slow.
  default void onSignal(Signal signal) {}

  /// A conversation as the server reports it after each connection: all at first, later those that
  /// may have changed.
  default void onConversation(Conversation conversation) {}

  /// Everything that happened before this connection has been handed over.
  default void onCaughtUp() {}

  /// The client's state changed.
  default void onState(ClientState state) {}

  /// A frame went out or came in; only if asked for. Tokens are blanked out. Dropped when the
  /// application is slow.
  default void onFrame(Direction direction, String text) {}

  /// A callback, the store of positions or the token source failed.
  default void onFailure(Throwable failure) {
    System.getLogger(ClientListener.class.getName())
        .log(Level.WARNING, "the application failed in a callback", failure);
  }

  /// Which way a frame went.
  enum Direction {
    /// From this client to the server.
    SENT,
    /// From the server to this client.
    RECEIVED
  }
}
