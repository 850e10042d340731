package dev.tidings.conversation;

import dev.tidings.auth.Identity;
import dev.tidings.engine.ConversationId;
import dev.tidings.session.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The announcement channels beside `a:all`, and who on this lane reads them. Who reads follows
/// from the labels of his present token alone, so nothing of it is kept with a session.
public final class Channels {
  private final List<Channel> channels;
  private final Map<String, Readers> readers = new LinkedHashMap<>();

  public Channels(List<Channel> channels) {
    this.channels = channels;
    channels.forEach(channel -> readers.put(channel.name(), new Readers()));
  }

  /// Whether there is such a channel, `a:all` included.
  public boolean has(String name) {
    return name.equals(ConversationId.ALL.name()) || readers.containsKey(name);
  }

  /// The channels that `who` may read, without `a:all`.
  public List<ConversationId> of(Identity who) {
    if (channels.isEmpty()) {
      return List.of();
    }
    return channels.stream()
        .filter(channel -> channel.filter().fits(who.labels()))
        .map(Channel::id)
        .toList();
  }

  /// All channels without `a:all`.
  public List<ConversationId> all() {
    return channels.stream().map(Channel::id).toList();
  }

  /// Whether `who` may read the channel `name`.
  public boolean isFor(String name, Identity who) {
    return name.equals(ConversationId.ALL.name())
        || channels.stream()
            .anyMatch(
                channel -> channel.name().equals(name) && channel.filter().fits(who.labels()));
  }

  /// Who reads `name` on this lane; `a:all` is not known here.
  public Readers readers(String name) {
    return readers.getOrDefault(name, new Readers());
  }

  /// `session` reads from here on what its labels allow.
  public void enter(Session session) {
    of(session.identity()).forEach(id -> readers(id.name()).add(session));
  }

  /// It has closed.
  public void ended(Session session) {
    of(session.identity()).forEach(id -> readers(id.name()).ended(session));
  }
}
