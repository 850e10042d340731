package dev.tidings.client.json;

/// The text is not JSON. Names the place, never the text, which may be private.
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JsonException(String what, int offset) {
    super(what + " at offset " + offset);
  }
}
