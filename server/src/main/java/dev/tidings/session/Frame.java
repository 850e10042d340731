package dev.tidings.session;

/// Encoded units, ready for any number of sockets of one lane. Made once, shared by all readers.
///
/// Whoever made it releases it when all writes of it were made; what the sockets still need they
/// hold themselves.
public interface Frame {
  /// Bytes of the units, without what a transport puts around them.
  int sizeBytes();

  void release();
}
