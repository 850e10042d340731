package dev.tidings.conversation;

import dev.tidings.auth.Identity;
import dev.tidings.auth.LabelFilter;
import dev.tidings.engine.ConversationId;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The announcement channels beside `a:all`, and who on this lane reads them. Who may read follows
/// from the labels of his present token alone, so nothing of it is kept with a session.
///
/// When the operator says anew for whom a channel is, what one may do changes at once; who is
/// handed its entries, in the place of that word among them ([#turn]). Who comes to it in this way
/// is *outside* until it is kept where the channel begins for him.
public final class Channels {
  private static final class Known {
    final String name;

    /// For whom it is now; null: it was removed.
    @Nullable LabelFilter filter;

    /// Whose labels fit this is in [#readers] or in [#outside]. Null: nobody yet.
    @Nullable LabelFilter reading;

    final Readers readers = new Readers();
    final Set<Session> outside = new LinkedHashSet<>(0);

    Known(String name) {
      this.name = name;
    }

    ConversationId id() {
      return new ConversationId(ConversationId.Kind.ANNOUNCEMENT, name);
    }

    boolean isFor(Identity who) {
      return filter != null && filter.fits(who.labels());
    }

    boolean isReadBy(Identity who) {
      return reading != null && reading.fits(who.labels());
    }
  }

  private final Map<String, Known> channels = new LinkedHashMap<>();

  public Channels(List<Channel> present) {
    for (Channel channel : present) {
      Known known = new Known(channel.name());
      known.filter = channel.filter();
      known.reading = channel.filter();
      channels.put(channel.name(), known);
    }
  }

  /// Whether there is such a channel, `a:all` included.
  public boolean has(String name) {
    Known known = channels.get(name);
    return name.equals(ConversationId.ALL.name()) || (known != null && known.filter != null);
  }

  /// The channels that `who` may read, without `a:all`.
  public List<ConversationId> of(Identity who) {
    if (channels.isEmpty()) {
      return List.of();
    }
    return channels.values().stream().filter(channel -> channel.isFor(who)).map(Known::id).toList();
  }

  /// All channels without `a:all`.
  public List<Channel> all() {
    List<Channel> all = new ArrayList<>();
    for (Known known : channels.values()) {
      if (known.filter != null) {
        all.add(new Channel(known.name, known.filter));
      }
    }
    return all;
  }

  /// Whether `who` may read the channel `name`.
  public boolean isFor(String name, Identity who) {
    Known known = channels.get(name);
    return name.equals(ConversationId.ALL.name()) || (known != null && known.isFor(who));
  }

  /// Whether these two read the same channels.
  public boolean areSame(Identity one, Identity other) {
    return channels.values().stream()
        .allMatch(channel ->
            channel.isFor(one) == channel.isFor(other)
                && channel.isReadBy(one) == channel.isReadBy(other));
  }

  /// Who is handed the entries of `name` on this lane; `a:all` is not known here.
  public Readers readers(String name) {
    Known known = channels.get(name);
    return known == null ? new Readers() : known.readers;
  }

  /// `session` reads from here on what its labels allow.
  ///
  /// @param begun the channels of which it is kept where they begin for its user
  /// @return whether it is outside of others
  public boolean enter(Session session, List<ConversationId> begun) {
    boolean outside = false;
    for (Known known : channels.values()) {
      if (known.isReadBy(session.identity())) {
        if (known.isFor(session.identity()) && begun.contains(known.id())) {
          known.readers.add(session);
        } else {
          known.outside.add(session);
          outside = true;
        }
      }
    }
    return outside;
  }

  /// It has closed.
  public void ended(Session session) {
    for (Known known : channels.values()) {
      if (known.isReadBy(session.identity()) && !known.outside.remove(session)) {
        known.readers.ended(session);
      }
    }
  }

  // Changes.

  /// From here on `name` is for those whose labels fit `filter`, empty: for nobody. Who reads it
  /// stays the same until [#turn].
  public void define(String name, Optional<LabelFilter> filter) {
    channels.computeIfAbsent(name, Known::new).filter = filter.orElse(null);
  }

  /// Who reads `name` becomes who may, as far as it has begun for him; the others are outside.
  ///
  /// @param filter as it was given to [#define]
  /// @param everyone on this lane
  /// @param left is told who reads it no more
  public void turn(
      String name, Optional<LabelFilter> filter, Readers everyone, Consumer<Session> left) {
    Known known = channels.get(name);
    if (known == null) {
      return;
    }
    everyone.forEach(session -> {
      boolean reads = filter.isPresent() && filter.get().fits(session.identity().labels());
      if (!reads) {
        known.outside.remove(session);
      } else if (!known.isReadBy(session.identity())) {
        known.outside.add(session);
      }
    });
    known.readers.removeIf(session -> {
      boolean leaves = filter.isEmpty() || !filter.get().fits(session.identity().labels());
      if (leaves) {
        left.accept(session);
      }
      return leaves;
    });
    known.reading = filter.orElse(null);
    if (known.filter == null && known.reading == null) {
      channels.remove(name);
    }
  }

  /// Up to `count` users with a session outside of `name`, which is for them.
  public List<String> outside(String name, int count) {
    Known known = channels.get(name);
    if (known == null) {
      return List.of();
    }
    return known.outside.stream()
        .filter(session -> known.isFor(session.identity()))
        .map(Session::user)
        .distinct()
        .limit(count)
        .toList();
  }

  /// It is kept where `name` begins for the user of `session`; answers whether it reads it now and
  /// did not before.
  public boolean admit(String name, Session session) {
    Known known = channels.get(name);
    if (known == null || !known.isFor(session.identity()) || !known.outside.remove(session)) {
      return false;
    }
    known.readers.add(session);
    return true;
  }
}
