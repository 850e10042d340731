package dev.tidings.session;

import dev.tidings.protocol.JsonWriter;

/// Makes frames that the connections of one lane can write.
@FunctionalInterface
public interface Frames {
  /// A frame of what `units` holds now: one or more units separated by line feeds.
  Frame of(JsonWriter units);
}
