package dev.tidings.engine;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Remembers what was done under a `cid`, so that a repeat is answered instead of done again.
///
/// @param digest of the request's content: other content under the same `cid` is refused
record Mark(long seq, long tsMillis, byte[] digest) {
  private static final int DIGEST_BYTES = 16;

  boolean isFor(byte[] otherDigest) {
    return Arrays.equals(digest, otherDigest);
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
