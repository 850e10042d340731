package dev.tidings.bench.process;

/// A run that proves nothing, in words for whoever started it.
public final class BenchFailure extends RuntimeException {
  public BenchFailure(String message) {
    super(message);
  }

  public BenchFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
