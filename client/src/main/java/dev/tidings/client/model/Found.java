package dev.tidings.client.model;

import java.util.List;

/// What a search has found.
///
/// @param items newest first, of one conversation or several
/// @param next names the next page; empty on the last one
/// @param whole false while the server is still making its index
public record Found(List<Entry> items, String next, boolean whole) {
  public Found {
    items = List.copyOf(items);
  }
}
