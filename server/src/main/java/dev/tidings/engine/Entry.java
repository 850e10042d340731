package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.List;
import java.util.Locale;

/// One line of a log.
///
/// @param seq 1, 2, 3 … in its conversation, without holes
/// @param from the author's user name
/// @param cid the author's own id for it, `""` if he gave none
/// @param who the users concerned by a membership entry, else empty
/// @param data the payload; [#NO_DATA] where the kind carries none
/// @param tsMillis Unix time of the append; never falls within a conversation
/// @param messages how many of the entries up to this one are messages
/// @param commit the number of the commit that kept it
public record Entry(
    long seq,
    Kind kind,
    String from,
    String cid,
    List<String> who,
    Payload data,
    long tsMillis,
    long messages,
    long commit) {
  public static final Payload NO_DATA = new Payload(new byte[0]);

  /// What this entry occupies in a reply, roughly: names, numbers and payload.
  int replyBytes() {
    int bytes = 96 + from.length() + cid.length() + data.sizeBytes();
    for (String user : who) {
      bytes += user.length() + 3;
    }
    return bytes;
  }

  /// What an entry is. The code is part of the stored format.
  public enum Kind {
    MESSAGE(0),
    JOIN(1),
    LEAVE(2),
    KICK(3);

    private final int code;

    private final String wire = name().toLowerCase(Locale.ROOT);

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalStateException("damaged row: entry of kind " + code);
    }

    /// The word in `kind`; a message carries none.
    public String wire() {
      return wire;
    }
  }
}
