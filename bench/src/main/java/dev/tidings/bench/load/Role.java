package dev.tidings.bench.load;

/// What a connection is there for.
public enum Role {
  /// Hears one conversation; where the dialect allows it, it also sends.
  READER,
  /// Only sends, to any conversation.
  SENDER
}
