package dev.tidings.engine;

import java.util.Locale;
import java.util.Optional;

/// What a member may do, from the least to the most. The code is part of the stored format.
public enum Role {
  /// Reads, and may not send.
  MUTE(3),
  MEMBER(0),
  /// Lets others in and puts them out, and changes settings.
  ADMIN(2),
  /// May do everything. A group has at least one.
  OWNER(1);

  private final int code;

  private final String wire = name().toLowerCase(Locale.ROOT);

  Role(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static Role of(int code) {
    for (Role role : values()) {
      if (role.code == code) {
        return role;
      }
    }
    throw new IllegalStateException("damaged row: role " + code);
  }

  /// The role of this word, if there is one.
  public static Optional<Role> of(String wire) {
    for (Role role : values()) {
      if (role.wire.equals(wire)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /// The word in `role`.
  public String wire() {
    return wire;
  }

  /// Whether he may let others in and put them out, and change settings.
  boolean manages() {
    return this == ADMIN || this == OWNER;
  }

  /// Whether he may put out one of `other`, or make him that, or make him something else.
  boolean rules(Role other) {
    return this == OWNER || (this == ADMIN && !other.manages());
  }
}
