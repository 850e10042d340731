package dev.tidings.auth;

import dev.tidings.base.Patterns;
import dev.tidings.protocol.Address;
import java.util.List;

/// What somebody may do, as patterns with an optional final `*` (docs/protocol.md §11).
///
/// @param send addresses he may send to
/// @param subscribe topics and presences he may follow
/// @param group what he may `do` to groups
/// @param ops which ops he may ask at all
public record Caps(
    List<String> send, List<String> subscribe, List<String> group, List<String> ops) {
  private static final List<String> EVERYTHING = List.of("*");

  /// For a token that says nothing: private and own groups yes, topics read, announcements no.
  public static final Caps DEFAULT =
      new Caps(List.of("u:*", "g:*"), List.of("t:*", "p:*"), EVERYTHING);

  /// For a name in development mode: as [#DEFAULT], and topics may be written.
  public static final Caps DEVELOPMENT =
      new Caps(List.of("u:*", "g:*", "t:*"), List.of("t:*", "p:*"), EVERYTHING);

  /// For the development key.
  public static final Caps ALL = new Caps(EVERYTHING, EVERYTHING, EVERYTHING);

  /// All ops.
  public Caps(List<String> send, List<String> subscribe, List<String> group) {
    this(send, subscribe, group, EVERYTHING);
  }

  /// @param op its word on the wire
  public boolean mayAsk(String op) {
    return matchesAny(ops, op);
  }

  public boolean maySend(Address to) {
    return allows(send, to);
  }

  public boolean maySubscribe(Address in) {
    return allows(subscribe, in);
  }

  /// @param verb the word in `do`
  public boolean mayDo(String verb) {
    return matchesAny(group, verb);
  }

  private static boolean matchesAny(List<String> patterns, String text) {
    for (String pattern : patterns) {
      if (Patterns.fits(pattern, text)) {
        return true;
      }
    }
    return false;
  }

  private static boolean allows(List<String> patterns, Address address) {
    String prefix = address.kind().prefix();
    for (String pattern : patterns) {
      if (Patterns.fits(pattern, prefix, address.name())) {
        return true;
      }
    }
    return false;
  }
}
