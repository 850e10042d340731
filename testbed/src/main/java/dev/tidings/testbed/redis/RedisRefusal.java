package dev.tidings.testbed.redis;

/// Redis answered with an error; the message is what it said, beginning with the code: `OOM …`.
public final class RedisRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RedisRefusal(String message) {
    super(message);
  }
}
