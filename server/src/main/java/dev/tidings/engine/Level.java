package dev.tidings.engine;

import java.util.Locale;

/// How safely an entry is kept when its sender is told `ok`. Never higher than the truth.
public enum Level {
  /// Survives nothing that ends the machine; the operator chose speed.
  MEMORY,
  /// Synced to stable storage: survives kill -9 and power loss.
  DISK,
  /// Also on as many replicas as the operator demands.
  REPLICAS;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /// The word in `ok`'s `level`.
  public String wire() {
    return wire;
  }
}
