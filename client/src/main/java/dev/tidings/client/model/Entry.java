package dev.tidings.client.model;

import dev.tidings.client.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One entry of a conversation (docs/protocol.md §6).
///
/// @param in the conversation, as it would be put in `to` to answer
/// @param epoch names the log; empty for a topic without log
/// @param seq 1, 2, 3 … without holes; 0 for a topic without log
/// @param unit the whole object as a live `msg`, for fields that have no accessor here
public record Entry(String in, String epoch, long seq, Json.Obj unit) {

  /// Whether a log keeps it, so that (`in`, `epoch`, `seq`) names it for ever.
  public boolean kept() {
    return seq > 0;
  }

  /// The author; empty for the system.
  public Optional<String> from() {
    return unit.string("from");
  }

  /// The payload as it was sent. Empty if this kind carries none, or if it is void.
  public Optional<Json.Raw> data() {
    return unit.member("data").filter(Json.Raw.class::isInstance).map(Json.Raw.class::cast);
  }

  /// When it was appended, Unix milliseconds; 0 if the server did not say.
  public long ts() {
    return unit.number("ts").orElse(0);
  }

  /// Empty for a message, else `edit`, `recall`, `join`, `leave`, `kick`, `info`, `end` or a kind
  /// that this version does not know.
  public Optional<String> kind() {
    return unit.string("kind");
  }

  /// The entry that this one edits or recalls.
  public OptionalLong ref() {
    return unit.number("ref");
  }

  /// The last edit or recall of this message.
  public OptionalLong rev() {
    return unit.number("rev");
  }

  /// The users concerned, for example those who joined.
  public List<String> who() {
    return unit.strings("who");
  }

  /// The sender's own id; shown to devices of the sender only.
  public Optional<String> cid() {
    return unit.string("cid");
  }

  /// The users mentioned.
  public List<String> mention() {
    return unit.strings("mention");
  }

  /// Why there is no payload any more: `recall`, `ttl` or `erase`.
  public Optional<String> voided() {
    return unit.string("void");
  }
}
