package dev.tidings.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A message being written, by one link at a time.
public final class Outgoing {
  private byte[] bytes = new byte[1024];
  private int length;

  Outgoing() {}

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  public Outgoing text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  public Outgoing payload(Payload payload) {
    return bytes(payload.bytes());
  }

  public Outgoing bytes(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
    return this;
  }

  public Outgoing octet(int octet) {
    room(1);
    bytes[length++] = (byte) octet;
    return this;
  }

  /// In decimal digits.
  ///
  /// @param number not negative
  public Outgoing number(long number) {
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    room(digits);
    long rest = number;
    for (int at = length + digits - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, (length + more) * 2);
    }
  }
}
