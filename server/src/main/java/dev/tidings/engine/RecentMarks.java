package dev.tidings.engine;

import dev.tidings.base.Check;
import java.util.Arrays;

/// Which `cid` led to which of the newest entries of one log: a set of numbers, for the entries
/// themselves say the rest. Confined to the writer.
///
/// A `cid` stands here as a hash of 64 bits of it and its user, so what is found must be looked at;
/// what is not found is not there.
final class RecentMarks {
  private static final int SLOTS_MIN = 8;

  /// Where no mark is: entries begin at 1.
  private static final long EMPTY = 0;

  private long[] hashes = new long[SLOTS_MIN];
  private long[] seqs = new long[SLOTS_MIN];
  private int count;

  /// Bytes that it occupies, roughly.
  int sizeBytes() {
    return 2 * Long.BYTES * seqs.length;
  }

  void add(long hash, long seq) {
    Check.that(seq > 0, "a mark without an entry", seq);
    if (4 * (count + 1) > 3 * seqs.length) {
      rebuild(seqs.length * 2, 0);
    }
    put(hash, seq);
  }

  private void put(long hash, long seq) {
    int slot = slot(hash);
    while (seqs[slot] != EMPTY) {
      slot = next(slot);
    }
    hashes[slot] = hash;
    seqs[slot] = seq;
    count++;
  }

  /// The newest entry before `beforeSeq` that may have been made under this hash, 0 if there is
  /// none.
  long find(long hash, long beforeSeq) {
    long newest = EMPTY;
    for (int slot = slot(hash); seqs[slot] != EMPTY; slot = next(slot)) {
      if (hashes[slot] == hash && seqs[slot] < beforeSeq) {
        newest = Math.max(newest, seqs[slot]);
      }
    }
    return newest;
  }

  /// Forgets the marks of entries before `seq`.
  void forgetBefore(long seq) {
    rebuild(seqs.length, seq);
    int fitting = Math.max(SLOTS_MIN, Integer.highestOneBit(Math.max(1, count)) * 4);
    if (fitting < seqs.length) {
      rebuild(fitting, seq);
    }
  }

  private void rebuild(int slots, long fromSeq) {
    long[] oldHashes = hashes;
    long[] oldSeqs = seqs;
    hashes = new long[slots];
    seqs = new long[slots];
    Arrays.fill(seqs, EMPTY);
    count = 0;
    for (int i = 0; i < oldSeqs.length; i++) {
      if (oldSeqs[i] != EMPTY && oldSeqs[i] >= fromSeq) {
        put(oldHashes[i], oldSeqs[i]);
      }
    }
  }

  private int slot(long hash) {
    return (int) hash & (seqs.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (seqs.length - 1);
  }
}
