package dev.tidings.engine;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Remembers what was done under a `cid`, so that a repeat is answered instead of done again.
///
/// @param digest of the request's content: other content under the same `cid` is refused
record Mark(long seq, long tsMillis, byte[] digest) {
  static final int DIGEST_BYTES = 16;

  boolean isFor(byte[] otherDigest) {
    return Arrays.equals(digest, otherDigest);
  }

  /// 64 bits of who asked under which `cid`.
  static long hash(String user, String cid) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < user.length(); i++) {
      hash = (hash ^ user.charAt(i)) * 0x100000001b3L;
    }
    hash *= 0x100000001b3L; // a zero between them
    for (int i = 0; i < cid.length(); i++) {
      hash = (hash ^ cid.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return hash ^ hash >>> 33;
  }

  byte[] row() {
    return new RowWriter(32).number(seq).number(tsMillis).rest(digest).done();
  }

  static Mark of(byte[] row) {
    RowReader reader = new RowReader(row);
    return new Mark(reader.number(), reader.number(), reader.rest());
  }

  static byte[] digest(byte[] content) {
    try {
      byte[] full = MessageDigest.getInstance("SHA-256").digest(content);
      return Arrays.copyOf(full, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
