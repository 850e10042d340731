package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.nio.ByteBuffer;

/// What a message carries: JSON of a fixed length with what a reader must know of it.
///
/// `{"ts":1000000123456789,"n":1000070000000042,"d":"abc…"}`: `ts` is when the message was due,
/// nanoseconds since the run began, plus 10^15; `n` is 10^15, plus its stream times 10^10, plus its
/// number in the stream, from 1. The sums make all numbers equally long, and exact also for servers
/// that read JSON numbers as floating point.
public final class Payload {
  /// The shortest that can be asked for.
  public static final int BYTES_MIN = 51;

  static final int STREAMS_MAX = 90_000;
  private static final long BASE = 1_000_000_000_000_000L;
  private static final long NUMBERS = 10_000_000_000L;
  private static final int DIGITS = 16;
  private static final byte[] BEGIN = Bytes.ascii("{\"ts\":");
  private static final byte[] MIDDLE = Bytes.ascii(",\"n\":");
  private static final byte[] FILL = Bytes.ascii(",\"d\":\"");
  private static final byte[] END = Bytes.ascii("\"}");
  private static final int TIME_AT = BEGIN.length;
  private static final int NUMBER_AT = TIME_AT + DIGITS + MIDDLE.length;
  private static final int LETTERS = 26;

  /// `{"ts":1`, as a little-endian number; the eighth byte is not looked at.
  private static final long MARK = 0x00_31_3a_22_73_74_22_7bL;

  private static final long MARK_BITS = 0x00ff_ffff_ffff_ffffL;
  private static final long ASCII_ZEROS = 0x3030_3030_3030_3030L;

  private final byte[] bytes;

  /// @param length in bytes, at least [#BYTES_MIN]
  public Payload(int length) {
    if (length < BYTES_MIN) {
      throw new BenchFailure("a payload has at least " + BYTES_MIN + " bytes, not " + length);
    }
    bytes = new byte[length];
    System.arraycopy(BEGIN, 0, bytes, 0, BEGIN.length);
    System.arraycopy(MIDDLE, 0, bytes, TIME_AT + DIGITS, MIDDLE.length);
    System.arraycopy(FILL, 0, bytes, NUMBER_AT + DIGITS, FILL.length);
    for (int at = NUMBER_AT + DIGITS + FILL.length; at < length - END.length; at++) {
      bytes[at] = (byte) ('a' + at % LETTERS);
    }
    System.arraycopy(END, 0, bytes, length - END.length, END.length);
  }

  /// Its bytes, which change with the next message.
  byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  void stamp(long dueNanos, int stream, long number) {
    digits(BASE + dueNanos, TIME_AT);
    digits(BASE + stream * NUMBERS + number, NUMBER_AT);
  }

  private void digits(long value, int from) {
    long rest = value;
    for (int at = from + DIGITS - 1; at >= from; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /// Where a payload begins in [from, to).
  ///
  /// @param hint how far behind `from` it probably begins: where it did last time
  /// @return -1 if there is none
  public static int find(ByteBuffer in, int from, int to, int hint) {
    int last = to - BYTES_MIN;
    int probable = from + hint;
    if (hint >= 0 && isAt(in, probable, to)) {
      return probable;
    }
    for (int at = from; at <= last; at++) {
      if (isMark(in, at)) {
        return at;
      }
    }
    return -1;
  }

  /// Whether one begins at `at`.
  public static boolean isAt(ByteBuffer in, int at, int to) {
    return at >= 0 && at <= to - BYTES_MIN && isMark(in, at);
  }

  private static boolean isMark(ByteBuffer in, int at) {
    return (in.getLong(at) & MARK_BITS) == MARK;
  }

  /// When the message was due, nanoseconds since the run began.
  static long dueNanos(ByteBuffer in, int at) {
    return digits(in, at + TIME_AT) - BASE;
  }

  private static long key(ByteBuffer in, int at) {
    return digits(in, at + NUMBER_AT) - BASE;
  }

  static int stream(ByteBuffer in, int at) {
    return (int) (key(in, at) / NUMBERS);
  }

  static long number(ByteBuffer in, int at) {
    return key(in, at) % NUMBERS;
  }

  private static long digits(ByteBuffer in, int at) {
    return eight(in.getLong(at)) * 100_000_000 + eight(in.getLong(at + Long.BYTES));
  }

  /// Eight digits at once: pairs, then fours, then all. The first digit is in the lowest byte.
  private static long eight(long ascii) {
    long digits = ascii - ASCII_ZEROS;
    if (((digits | (digits + 0x7676_7676_7676_7676L)) & 0x8080_8080_8080_8080L) != 0) {
      throw new BenchFailure("a payload came back changed");
    }
    long pairs = digits * 10 + (digits >>> 8);
    return ((pairs & 0x0000_00ff_0000_00ffL) * 0x000f_4240_0000_0064L
            + ((pairs >>> 16) & 0x0000_00ff_0000_00ffL) * 0x0000_2710_0000_0001L)
        >>> 32;
  }
}
