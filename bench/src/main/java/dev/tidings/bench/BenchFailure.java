package dev.tidings.bench;

/// A run that proves nothing, in words for whoever started it.
final class BenchFailure extends RuntimeException {
  BenchFailure(String message) {
    super(message);
  }

  BenchFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
