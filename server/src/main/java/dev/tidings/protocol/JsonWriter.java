package dev.tidings.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes compact JSON as UTF-8 into one growing array that is used again and again.
///
/// Commas take care of themselves; that the calls nest properly is up to the caller. Confined to
/// one thread.
public final class JsonWriter {
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] HEX = ascii("0123456789abcdef");

  private byte[] buffer;
  private int length;

  public JsonWriter(int initialBytes) {
    this.buffer = new byte[initialBytes];
  }

  /// Forgets what was written; keeps the array, unless it grew beyond `keepBytesMax`.
  public JsonWriter clear(int keepBytesMax) {
    length = 0;
    if (buffer.length > keepBytesMax) {
      buffer = new byte[keepBytesMax];
    }
    return this;
  }

  /// The array that holds what was written, valid up to [#length()] until the next call.
  public byte[] array() {
    return buffer;
  }

  /// Bytes written so far.
  public int length() {
    return length;
  }

  /// Takes back everything behind `length`, as read from [#length()] earlier.
  public void truncate(int toLength) {
    length = toLength;
  }

  /// A copy of what was written.
  public byte[] toBytes() {
    return Arrays.copyOf(buffer, length);
  }

  @Override
  public String toString() {
    return new String(buffer, 0, length, StandardCharsets.UTF_8);
  }

  public JsonWriter beginObject() {
    comma();
    return put('{');
  }

  public JsonWriter endObject() {
    return put('}');
  }

  public JsonWriter beginArray() {
    comma();
    return put('[');
  }

  public JsonWriter endArray() {
    return put(']');
  }

  /// A field name, which must need no escaping.
  public JsonWriter name(String name) {
    comma();
    put('"');
    putAscii(name);
    put('"');
    return put(':');
  }

  /// A string that may hold anything. A lone surrogate becomes U+FFFD: the wire carries valid UTF-8
  /// only.
  public JsonWriter string(String value) {
    comma();
    put('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 0x20 && c < 0x80) {
        if (c == '"' || c == '\\') {
          put('\\');
        }
        put(c);
      } else if (c < 0x20) {
        putControl(c);
      } else {
        i += putMultibyte(value, i);
      }
    }
    return put('"');
  }

  /// A string of ASCII that needs no escaping, such as a name or an address.
  public JsonWriter plain(String value) {
    comma();
    put('"');
    putAscii(value);
    return put('"');
  }

  public JsonWriter number(long value) {
    comma();
    putLong(value);
    return this;
  }

  public JsonWriter bool(boolean value) {
    comma();
    return putAll(value ? TRUE : FALSE);
  }

  /// A value that is JSON already.
  public JsonWriter raw(byte[] json) {
    comma();
    return putAll(json);
  }

  /// A value that is JSON already, in ASCII.
  public JsonWriter rawAscii(String json) {
    comma();
    putAscii(json);
    return this;
  }

  /// Whole units that another writer holds.
  public JsonWriter rawUnits(JsonWriter units) {
    room(units.length);
    System.arraycopy(units.buffer, 0, buffer, length, units.length);
    length += units.length;
    return this;
  }

  /// A line feed between two units of one frame.
  public JsonWriter newLine() {
    return put('\n');
  }

  private void comma() {
    if (length > 0) {
      byte last = buffer[length - 1];
      if (last != '{' && last != '[' && last != ':' && last != '\n') {
        put(',');
      }
    }
  }

  private JsonWriter put(int b) {
    room(1);
    buffer[length++] = (byte) b;
    return this;
  }

  private JsonWriter putAll(byte[] bytes) {
    room(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
    return this;
  }

  @SuppressWarnings("deprecation") // the one call that copies ASCII without a decoder or an array
  private void putAscii(String text) {
    int n = text.length();
    room(n);
    text.getBytes(0, n, buffer, length);
    length += n;
  }

  private void putControl(char c) {
    put('\\');
    switch (c) {
      case '\n' -> put('n');
      case '\r' -> put('r');
      case '\t' -> put('t');
      default -> {
        put('u');
        put('0');
        put('0');
        put(HEX[c >> 4]);
        put(HEX[c & 15]);
      }
    }
  }

  /// Puts the code point at `index`; answers how many characters beyond the first it took.
  private int putMultibyte(String value, int index) {
    int codePoint = value.codePointAt(index);
    if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      codePoint = 0xFFFD;
    }
    if (codePoint < 0x800) {
      put(0xC0 | codePoint >> 6);
    } else {
      if (codePoint < 0x10000) {
        put(0xE0 | codePoint >> 12);
      } else {
        put(0xF0 | codePoint >> 18);
        put(0x80 | (codePoint >> 12 & 0x3F));
      }
      put(0x80 | (codePoint >> 6 & 0x3F));
    }
    put(0x80 | (codePoint & 0x3F));
    return codePoint >= 0x10000 ? 1 : 0;
  }

  private void putLong(long value) {
    if (value < 0) {
      putAscii(Long.toString(value));
      return;
    }
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    room(digits);
    long rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  private void room(int bytes) {
    if (buffer.length - length < bytes) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + bytes));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
