package dev.tidings.config;

/// Whether something that one can do without is there.
public enum Switch {
  ON,
  OFF
}
