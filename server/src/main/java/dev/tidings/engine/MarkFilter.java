package dev.tidings.engine;

import java.util.ArrayList;
import java.util.List;

/// Says of a mark that it was never noted, or that it may have been: a Bloom filter that grows in
/// pieces, each twice as large as the one before. About one in a hundred is thought to be there and
/// is not. Confined to the writer.
final class MarkFilter {
  private static final int FIRST_BITS = 1 << 14;
  private static final int BITS_PER_MARK = 10;
  private static final int PROBES = 7;

  private static final class Piece {
    final long[] words;
    final int marksMax;
    int marks;

    /// @param bits a power of two
    Piece(int bits) {
      this.marksMax = bits / BITS_PER_MARK;
      this.words = new long[bits / Long.SIZE];
    }
  }

  private final List<Piece> pieces = new ArrayList<>(1);

  void add(long hash) {
    if (pieces.isEmpty()) {
      pieces.add(new Piece(FIRST_BITS));
    } else if (pieces.getLast().marks == pieces.getLast().marksMax) {
      pieces.add(new Piece(2 * Long.SIZE * pieces.getLast().words.length));
    }
    Piece last = pieces.getLast();
    long step = step(hash);
    long at = hash;
    for (int i = 0; i < PROBES; i++, at += step) {
      int bit = bit(last, at);
      last.words[bit >>> 6] |= 1L << bit;
    }
    last.marks++;
  }

  boolean mayHave(long hash) {
    for (Piece piece : pieces) {
      if (mayHave(piece, hash)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayHave(Piece piece, long hash) {
    long step = step(hash);
    long at = hash;
    for (int i = 0; i < PROBES; i++, at += step) {
      int bit = bit(piece, at);
      if ((piece.words[bit >>> 6] & 1L << bit) == 0) {
        return false;
      }
    }
    return true;
  }

  /// The second hash of double hashing, odd so that it never stands still.
  private static long step(long hash) {
    return (hash >>> 17 | hash << 47) | 1;
  }

  private static int bit(Piece piece, long at) {
    return (int) at & (piece.words.length * Long.SIZE - 1);
  }

  /// Bytes that it occupies, roughly.
  int sizeBytes() {
    int bytes = 0;
    for (Piece piece : pieces) {
      bytes += piece.words.length * Long.BYTES;
    }
    return bytes;
  }
}
