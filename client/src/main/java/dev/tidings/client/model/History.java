package dev.tidings.client.model;

import java.util.List;

/// A page of a log.
///
/// @param in the conversation
/// @param epoch names its log
/// @param low the first entry that this user may read
/// @param head the last one
/// @param more whether the page was cut short
/// @param items ascending
public record History(
    String in, String epoch, long low, long head, boolean more, List<Entry> items) {
  public History {
    items = List.copyOf(items);
  }
}
