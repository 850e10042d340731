package dev.tidings.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Names this start of the machine: what a killed process wrote outlives it, but not the machine.
final class BootId {
  private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  /// `""` where the system has no such name.
  static String ofThisMachine() {
    try {
      return Files.readString(LINUX).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
