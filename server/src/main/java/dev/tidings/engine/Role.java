package dev.tidings.engine;

import java.util.Locale;

/// What a member may do. The code is part of the stored format.
public enum Role {
  MEMBER(0),
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

  /// The word in `role`.
  public String wire() {
    return wire;
  }

  /// Whether he may let others in and put them out.
  boolean admits() {
    return this == OWNER;
  }
}
