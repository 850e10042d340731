package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Conversation;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Mark;
import dev.tidings.client.model.Position;
import dev.tidings.client.model.Positions;
import dev.tidings.client.model.Presence;
import dev.tidings.client.model.Signal;

/// Something for the application. Deliveries are handled one at a time and in order, so a position
/// or cursor is stored after the callbacks of everything before it.
public sealed interface Delivery {

  /// An entry, and with it a new position if a log keeps it.
  record Arrived(Entry entry) implements Delivery {}

  /// A position moved without an entry.
  record Moved(String in, Position position) implements Delivery {}

  /// A conversation is no longer followed.
  record Forgotten(String in) implements Delivery {}

  /// Everything up to this cursor was handed before.
  record Covered(String cursor) implements Delivery {}

  /// A break.
  record Broken(Gap gap) implements Delivery {}

  /// Somebody came or went.
  record Seen(Presence presence) implements Delivery {}

  /// How far somebody has read.
  record Marked(Mark mark) implements Delivery {}

  /// Something said in passing.
  record Signalled(Signal signal) implements Delivery {}

  /// A row of `sync`.
  record Listed(Conversation conversation) implements Delivery {}

  /// What was missed before this connection has been handed.
  record CaughtUp() implements Delivery {}

  /// The client's state changed.
  record Changed(ClientState state) implements Delivery {}

  /// A frame passed.
  record Framed(ClientListener.Direction direction, String text) implements Delivery {}

  /// Something of the application's failed outside its callbacks.
  record Failed(Throwable failure) implements Delivery {}

  /// About how many characters of memory it holds while it waits.
  default long weight() {
    long envelope = 256;
    return switch (this) {
      case Arrived arrived ->
          envelope + arrived.entry().data().map(Json.Raw::text).map(String::length).orElse(0);
      case Framed framed -> envelope + framed.text().length();
      case Signalled signalled ->
          envelope + signalled.signal().data().map(Json.Raw::text).map(String::length).orElse(0);
      case Marked _ -> envelope;
      case Moved _, Forgotten _, Covered _, Broken _, Seen _ -> envelope;
      case Listed _, CaughtUp _, Changed _, Failed _ -> envelope;
    };
  }

  /// Calls the application. Lets what it throws fly.
  default void call(ClientListener listener) {
    switch (this) {
      case Arrived arrived -> listener.onEntry(arrived.entry());
      case Broken broken -> listener.onGap(broken.gap());
      case Seen seen -> listener.onPresence(seen.presence());
      case Marked marked -> listener.onMark(marked.mark());
      case Signalled signalled -> listener.onSignal(signalled.signal());
      case Listed listed -> listener.onConversation(listed.conversation());
      case CaughtUp() -> listener.onCaughtUp();
      case Changed changed -> listener.onState(changed.state());
      case Framed framed -> listener.onFrame(framed.direction(), framed.text());
      case Failed failed -> listener.onFailure(failed.failure());
      case Moved _, Forgotten _, Covered _ -> {}
    }
  }

  /// Stores what follows from it, after the application has been called.
  default void store(Positions positions) {
    switch (this) {
      case Arrived arrived when arrived.entry().kept() -> {
        Entry entry = arrived.entry();
        positions.reached(entry.in(), new Position(entry.epoch(), entry.seq()));
      }
      case Moved moved -> positions.reached(moved.in(), moved.position());
      case Forgotten forgotten -> positions.forgotten(forgotten.in());
      case Covered covered -> positions.covered(covered.cursor());
      case Marked _, Signalled _ -> {}
      case Arrived _, Broken _, Seen _, Listed _, CaughtUp _, Changed _, Framed _, Failed _ -> {}
    }
  }
}
