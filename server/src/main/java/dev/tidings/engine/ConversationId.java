package dev.tidings.engine;

import dev.tidings.base.Check;
import dev.tidings.protocol.Address;
import java.util.function.Consumer;

/// The name of one log, the same for everyone: `u` with both users, the smaller first
/// (`alice:bob`), or the address as written.
public record ConversationId(Kind kind, String name) {
  /// Which rules a log follows.
  public enum Kind {
    PRIVATE('u'),
    GROUP('g'),
    ANNOUNCEMENT('a'),
    TOPIC('t');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }

    /// The kind whose mark in stored rows this is.
    static Kind of(int letter) {
      for (Kind kind : values()) {
        if (kind.letter == letter) {
          return kind;
        }
      }
      throw new IllegalStateException("damaged row: conversation of kind " + letter);
    }

    /// The letter of its address, also its mark in stored keys.
    public char letter() {
      return letter;
    }
  }

  /// The announcement channel that everybody reads.
  public static final ConversationId ALL = new ConversationId(Kind.ANNOUNCEMENT, "all");

  /// The log that `user` means by `address`, which must not be a presence.
  public static ConversationId of(Address address, String user) {
    return switch (address.kind()) {
      case USER -> between(user, address.name());
      case GROUP -> group(address.name());
      case ANNOUNCEMENT -> new ConversationId(Kind.ANNOUNCEMENT, address.name());
      case TOPIC -> new ConversationId(Kind.TOPIC, address.name());
      case USER_PRESENCE, GROUP_PRESENCE ->
          throw new IllegalArgumentException("a presence has no log: " + address);
    };
  }

  public static ConversationId group(String name) {
    return new ConversationId(Kind.GROUP, name);
  }

  /// The private conversation of two users, who may be the same one.
  public static ConversationId between(String one, String other) {
    String name = one.compareTo(other) <= 0 ? one + ":" + other : other + ":" + one;
    return new ConversationId(Kind.PRIVATE, name);
  }

  /// The other user of a private conversation; oneself in a note to self.
  public String peerOf(String viewer) {
    Check.that(kind == Kind.PRIVATE, "only a private conversation has a peer");
    return firstUser().equals(viewer) ? secondUser() : firstUser();
  }

  /// Whether `user` is one of the two of a private conversation.
  public boolean isOf(String user) {
    return firstUser().equals(user) || secondUser().equals(user);
  }

  /// Whether it is an announcement channel for some.
  public boolean isChannel() {
    return kind == Kind.ANNOUNCEMENT && !equals(ALL);
  }

  /// The smaller user of a private conversation.
  public String firstUser() {
    return name.substring(0, name.indexOf(':'));
  }

  /// The larger user of a private conversation.
  public String secondUser() {
    return name.substring(name.indexOf(':') + 1);
  }

  /// The users of a private conversation, each once.
  public void forUsers(Consumer<String> each) {
    each.accept(firstUser());
    if (!firstUser().equals(secondUser())) {
      each.accept(secondUser());
    }
  }

  /// What `viewer` would write to send here.
  public String addressFor(String viewer) {
    return kind == Kind.PRIVATE ? "u:" + peerOf(viewer) : kind.letter() + ":" + name;
  }

  @Override
  public String toString() {
    return kind.letter() + ":" + name;
  }
}
