package dev.tidings.protocol;

import java.util.Optional;

/// Where something is sent or read, as a client writes it: `u:bob`, `g:ops`, `a:all`,
/// `t:weather.rain`, `p:bob`, `p:g:ops` (docs/protocol.md §3).
///
/// `name` is what follows the prefix. It is checked: a user, group or announcement name has 1 to 64
/// bytes of ASCII letters, digits and `. _ ~ - @`; a topic up to 128, also with `/`.
public record Address(Kind kind, String name) {
  public static final int NAME_BYTES_MAX = 64;
  public static final int TOPIC_BYTES_MAX = 128;

  /// What an address names.
  public enum Kind {
    USER("u:"),
    GROUP("g:"),
    ANNOUNCEMENT("a:"),
    TOPIC("t:"),
    USER_PRESENCE("p:"),
    GROUP_PRESENCE("p:g:");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    public String prefix() {
      return prefix;
    }
  }

  /// The address that `text` spells, or empty if it spells none.
  public static Optional<Address> parse(String text) {
    if (text.length() < 3 || text.charAt(1) != ':') {
      return Optional.empty();
    }
    return switch (text.charAt(0)) {
      case 'u' -> checked(Kind.USER, text.substring(2));
      case 'g' -> checked(Kind.GROUP, text.substring(2));
      case 'a' -> checked(Kind.ANNOUNCEMENT, text.substring(2));
      case 't' -> checked(Kind.TOPIC, text.substring(2));
      case 'p' ->
          text.startsWith("g:", 2)
              ? checked(Kind.GROUP_PRESENCE, text.substring(4))
              : checked(Kind.USER_PRESENCE, text.substring(2));
      default -> Optional.empty();
    };
  }

  private static Optional<Address> checked(Kind kind, String name) {
    boolean legal = kind == Kind.TOPIC ? isTopicName(name) : isName(name);
    return legal ? Optional.of(new Address(kind, name)) : Optional.empty();
  }

  /// Whether `name` may name a user, a group or an announcement channel.
  public static boolean isName(String name) {
    return hasOnlyNameCharacters(name, NAME_BYTES_MAX, false);
  }

  /// Whether `name` may name a topic.
  public static boolean isTopicName(String name) {
    return hasOnlyNameCharacters(name, TOPIC_BYTES_MAX, true);
  }

  private static boolean hasOnlyNameCharacters(String name, int bytesMax, boolean slash) {
    if (name.isEmpty() || name.length() > bytesMax) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean legal =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '~'
              || c == '-'
              || c == '@'
              || (slash && c == '/');
      if (!legal) {
        return false;
      }
    }
    return true;
  }

  /// The wire form, for example `g:ops`.
  @Override
  public String toString() {
    return kind.prefix() + name;
  }
}
