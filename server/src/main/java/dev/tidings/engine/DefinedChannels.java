package dev.tidings.engine;

import static dev.tidings.protocol.ErrorCode.NOT_FOUND;
import static dev.tidings.protocol.ErrorCode.TOO_MANY;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.TreeMap;

/// The announcement channels that the operator has defined while the server runs, and for whom: all
/// of it in mind, and in the store. Changed by the writer alone, when the change is kept.
final class DefinedChannels {
  /// They are looked at whenever somebody comes.
  static final int CHANNELS_MAX = 64;

  private final Store store;

  /// Filters by name; another map after each change, for every thread to look at.
  private volatile Map<String, String> filters;

  DefinedChannels(Store store) {
    this.store = store;
    Map<String, String> found = new TreeMap<>();
    try (Store.Scan scan = store.ascending(Keys.channel(""), Keys.channelsEnd())) {
      while (scan.next()) {
        found.put(Keys.textBehindLetter(scan.key()), new String(scan.value(), UTF_8));
      }
    }
    this.filters = Map.copyOf(found);
  }

  /// Filters by name. From any thread.
  Map<String, String> filters() {
    return filters;
  }

  /// Whether there is such a channel, as far as `turn` has decided.
  boolean has(Turn turn, ConversationId channel) {
    return turn.batch.find(Keys.channel(channel.name()), store).isPresent();
  }

  /// Whether it may be defined: it is already, or there are few enough.
  boolean hasRoom(Turn turn, ConversationId channel) {
    return has(turn, channel) || filters.size() + turn.channelsDefined < CHANNELS_MAX;
  }

  static Answer tooMany() {
    return Answer.Refused.permanently(TOO_MANY, "at most " + CHANNELS_MAX + " channels");
  }

  /// `log` is the channel's, for which there is room. What is said becomes true when `turn` is
  /// kept.
  Answer define(Turn turn, Log log, String filter) {
    String name = log.id().name();
    turn.channelsDefined += has(turn, log.id()) ? 0 : 1;
    turn.batch.put(Keys.channel(name), filter.getBytes(UTF_8));
    turn.committed.add(new Committed.ChannelDefined(log.conversation, filter, log.head));
    turn.whenKept(() -> change(name, filter));
    return new Answer.Done();
  }

  Answer remove(Turn turn, Log log) {
    if (!has(turn, log.id())) {
      return noSuchChannel();
    }
    String name = log.id().name();
    turn.channelsDefined--;
    turn.batch.delete(Keys.channel(name));
    turn.committed.add(new Committed.ChannelRemoved(log.conversation));
    turn.whenKept(() -> change(name, ""));
    return new Answer.Done();
  }

  static Answer noSuchChannel() {
    return Answer.Refused.permanently(NOT_FOUND, "no such channel");
  }

  /// Another node of a shared store has kept this filter, empty where it has removed the channel.
  void absorb(byte[] key, byte[] filter) {
    change(Keys.textBehindLetter(key), new String(filter, UTF_8));
  }

  /// @param filter `""`: the channel is no more
  private void change(String name, String filter) {
    Map<String, String> changed = new TreeMap<>(filters);
    if (filter.isEmpty()) {
      changed.remove(name);
    } else {
      changed.put(name, filter);
    }
    filters = Map.copyOf(changed);
  }
}
