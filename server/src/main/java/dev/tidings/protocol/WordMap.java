package dev.tidings.protocol;

import dev.tidings.base.Check;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A fixed vocabulary: from a [Word] to what it stands for, without boxing it. Immutable.
final class WordMap<E> {
  // Sparse, so that a look-up seldom has to go on to the next slot.
  private static final int SLOTS_PER_ENTRY = 4;
  private static final long SCATTER = 0x9E3779B97F4A7C15L; // 2^64 divided by the golden ratio

  private final long[] words;
  private final @Nullable Object[] entries;
  private final int shift;

  private WordMap(int slots) {
    words = new long[slots];
    entries = new @Nullable Object[slots];
    shift = Long.numberOfLeadingZeros(slots) + 1;
  }

  /// The map from the spelling of each of `entries` to the entry.
  static <E> WordMap<E> of(List<E> entries, Function<E, String> spelling) {
    WordMap<E> map = new WordMap<>(Integer.highestOneBit(entries.size()) * SLOTS_PER_ENTRY);
    for (E entry : entries) {
      map.put(Word.of(spelling.apply(entry)), entry);
    }
    return map;
  }

  private void put(long word, E entry) {
    Check.that(word != Word.NONE, "too long for a word");
    int slot = slotOf(word);
    while (entries[slot] != null) {
      slot = next(slot);
    }
    words[slot] = word;
    entries[slot] = entry;
  }

  @SuppressWarnings("unchecked") // only put() fills the array
  @Nullable E get(long word) {
    int slot = slotOf(word);
    while (entries[slot] != null) {
      if (words[slot] == word) {
        return (E) entries[slot];
      }
      slot = next(slot);
    }
    return null;
  }

  private int slotOf(long word) {
    return (int) ((word * SCATTER) >>> shift);
  }

  private int next(int slot) {
    return (slot + 1) & (entries.length - 1);
  }
}
