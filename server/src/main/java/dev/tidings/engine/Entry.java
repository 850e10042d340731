package dev.tidings.engine;

import dev.tidings.protocol.Payload;
import java.util.List;
import java.util.Locale;

/// One line of a log.
///
/// @param seq 1, 2, 3 … in its conversation, without holes
/// @param from the author's user name
/// @param cid the author's own id for it, `""` if he gave none
/// @param who the users concerned by a change of the group, else empty
/// @param data the payload; [#NO_DATA] where the kind carries none
/// @param tsMillis Unix time of the append; never falls within a conversation
/// @param messages how many of the entries up to this one are messages
/// @param commit the number of the commit that kept it
/// @param extras what few entries have
public record Entry(
    long seq,
    Kind kind,
    String from,
    String cid,
    List<String> who,
    Payload data,
    long tsMillis,
    long messages,
    long commit,
    Extras extras) {
  public static final Payload NO_DATA = new Payload(new byte[0]);

  /// What few entries have.
  ///
  /// @param ref the entry that an edit or a recall is about, 0 otherwise
  /// @param rev the last edit or recall of this entry, 0: none
  /// @param voidBy why there is no payload any more
  /// @param mention users whom it names
  /// @param expiresMillis Unix time from which it is void, 0: never
  public record Extras(
      long ref, long rev, VoidBy voidBy, List<String> mention, long expiresMillis) {
    public static final Extras NONE = new Extras(0, 0, VoidBy.NOTHING, List.of(), 0);

    static Extras about(long ref) {
      return new Extras(ref, 0, VoidBy.NOTHING, List.of(), 0);
    }

    /// Of a message.
    ///
    /// @param untilMillis 0: for ever
    static Extras of(List<String> mention, long untilMillis) {
      return mention.isEmpty() && untilMillis == 0
          ? NONE
          : new Extras(0, 0, VoidBy.NOTHING, mention, untilMillis);
    }
  }

  /// Why an entry is void: it keeps its number, and has no payload. The code is part of the stored
  /// format.
  public enum VoidBy {
    NOTHING(0),
    RECALL(1),
    /// Its time was over.
    TTL(2),
    /// What its author wrote was erased.
    ERASE(3);

    private final int code;

    private final String wire = name().toLowerCase(Locale.ROOT);

    VoidBy(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    static VoidBy of(int code) {
      for (VoidBy reason : values()) {
        if (reason.code == code) {
          return reason;
        }
      }
      throw new IllegalStateException("damaged row: void by " + code);
    }

    /// The word in `void`.
    public String wire() {
      return wire;
    }
  }

  /// The entry that an edit or a recall is about, 0 otherwise.
  public long ref() {
    return extras.ref();
  }

  /// The last edit or recall of this entry, 0: none.
  public long rev() {
    return extras.rev();
  }

  public VoidBy voidBy() {
    return extras.voidBy();
  }

  /// Users whom it names.
  public List<String> mention() {
    return extras.mention();
  }

  public boolean isVoid() {
    return extras.voidBy() != VoidBy.NOTHING;
  }

  /// As it is read at this time.
  Entry at(long nowMillis) {
    boolean isOver = extras.expiresMillis() > 0 && nowMillis >= extras.expiresMillis();
    return isOver && !isVoid() ? emptied(VoidBy.TTL, rev()) : this;
  }

  Entry withData(Payload other) {
    return new Entry(seq, kind, from, cid, who, other, tsMillis, messages, commit, extras);
  }

  /// As the entry `bySeq` has changed it.
  Entry edited(Payload other, long bySeq) {
    Extras changed = new Extras(ref(), bySeq, voidBy(), mention(), extras.expiresMillis());
    return new Entry(seq, kind, from, cid, who, other, tsMillis, messages, commit, changed);
  }

  /// As the entry `bySeq` has emptied it.
  Entry emptied(VoidBy reason, long bySeq) {
    Extras changed = new Extras(ref(), bySeq, reason, List.of(), 0);
    return new Entry(seq, kind, from, cid, who, NO_DATA, tsMillis, messages, commit, changed);
  }

  /// What this entry occupies in a reply, roughly: names, numbers and payload.
  int replyBytes() {
    int bytes = 96 + from.length() + cid.length() + data.sizeBytes();
    for (String user : who) {
      bytes += user.length() + 3;
    }
    for (String user : mention()) {
      bytes += user.length() + 3;
    }
    return bytes;
  }

  /// What an entry is. The code is part of the stored format.
  public enum Kind {
    MESSAGE(0),
    JOIN(1),
    LEAVE(2),
    KICK(3),
    EDIT(4),
    RECALL(5),
    /// Settings or roles were changed: `data` says what.
    INFO(6),
    /// The group was deleted; nothing follows.
    END(7);

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
