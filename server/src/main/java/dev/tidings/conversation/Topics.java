package dev.tidings.conversation;

import dev.tidings.session.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The topics followed on this lane and who follows them. A topic that nobody follows any more is
/// forgotten when the lane sweeps.
public final class Topics {
  private final Map<String, Readers> topics = new HashMap<>();
  private final Readers nobody = new Readers();

  /// Following twice is the same as once; `false` if it did already.
  public boolean subscribe(Session session, String topic) {
    Readers readers = topics.computeIfAbsent(topic, name -> new Readers());
    if (session.subscriptions().contains(readers)) {
      return false;
    }
    readers.add(session);
    session.follows(readers);
    return true;
  }

  public void unsubscribe(Session session, String topic) {
    Readers readers = topics.get(topic);
    if (readers != null && session.subscriptions().contains(readers)) {
      readers.remove(session);
      session.followsNoMore(readers);
    }
  }

  public boolean isFollowedBy(Session session, String topic) {
    Readers readers = topics.get(topic);
    return readers != null && session.subscriptions().contains(readers);
  }

  /// The topics that `session` follows: a look at all that are followed here.
  public List<String> followedBy(Session session) {
    return topics.keySet().stream().filter(topic -> isFollowedBy(session, topic)).toList();
  }

  /// Who follows `topic` here.
  public Readers readers(String topic) {
    Readers readers = topics.get(topic);
    return readers == null ? nobody : readers;
  }

  public void sweep() {
    topics.values().removeIf(Readers::isEmpty);
  }
}
