package dev.tidings.embedded;

import dev.tidings.base.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Says when the disk is nearly full, while RocksDB can still write what was accepted and tidy up.
/// Confined to the writer.
///
/// Looks at most once a second, which at full speed is some ten megabytes apart.
final class DiskGuard {
  static final long USABLE_BYTES_MIN = 64L << 20;
  static final long LOOK_EVERY_MILLIS = 1_000;

  /// Where the free space is learnt.
  @FunctionalInterface
  interface UsableBytes {
    long look() throws IOException;
  }

  private final UsableBytes usableBytes;
  private final Clock clock;
  private final String folder;
  private long nextLookMillis;
  private String obstacle = "";

  DiskGuard(UsableBytes usableBytes, Clock clock, String folder) {
    this.usableBytes = usableBytes;
    this.clock = clock;
    this.folder = folder;
    this.nextLookMillis = clock.monotonicMillis();
  }

  /// Watches the file system that holds `data`.
  static DiskGuard of(Path data, Clock clock) {
    return new DiskGuard(
        () -> Files.getFileStore(data).getUsableSpace(), clock, data.toAbsolutePath().toString());
  }

  /// Why nothing should be written now; `""` while there is room.
  String obstacle() {
    long now = clock.monotonicMillis();
    if (now - nextLookMillis >= 0) {
      nextLookMillis = now + LOOK_EVERY_MILLIS;
      obstacle = look();
    }
    return obstacle;
  }

  private String look() {
    try {
      long usable = usableBytes.look();
      return usable >= USABLE_BYTES_MIN
          ? ""
          : "disk nearly full: less than " + (USABLE_BYTES_MIN >> 20) + " MiB left for " + folder;
    } catch (IOException e) {
      return "cannot tell the free space of " + folder + ": " + e.getMessage();
    }
  }
}
