package dev.tidings.redis;

import dev.tidings.engine.Level;
import dev.tidings.engine.Store;
import io.lettuce.core.StreamMessage;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// One commit as the stream tells it to all nodes.
///
/// @param row the batch, see [dev.tidings.engine.Batch#of]
/// @param by who made it: the name by which the turn knew him
/// @param behind who made the commit before
/// @param next whose turn it is now, `""` if nobody's
/// @param generation of the store from then on
/// @param level how safely it is kept, as far as is known
record Told(
    long commit,
    byte[] row,
    String by,
    String behind,
    String next,
    byte[] generation,
    Level level) {
  static final String STREAM = "commits";

  /// @param level how safely it is kept
  static Told of(StreamMessage<byte[], byte[]> message, Level level) {
    String id = message.getId();
    int dash = id.indexOf('-');
    byte[] row = new byte[0];
    String by = "";
    String behind = "";
    String next = "";
    byte[] generation = new byte[0];
    for (Map.Entry<byte[], byte[]> field : message.getBody().entrySet()) {
      if (field.getKey().length != 1) {
        throw new Store.StoreException("the stream of commits holds something else: " + id, null);
      }
      switch (field.getKey()[0]) {
        case 'b' -> row = field.getValue();
        case 'o' -> by = text(field.getValue());
        case 'p' -> behind = text(field.getValue());
        case 'n' -> next = text(field.getValue());
        case 'g' -> generation = field.getValue();
        default ->
            throw new Store.StoreException(
                "the stream of commits holds something else: " + id, null);
      }
    }
    return new Told(
        Long.parseLong(id.substring(0, dash)), row, by, behind, next, generation, level);
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.US_ASCII);
  }
}
