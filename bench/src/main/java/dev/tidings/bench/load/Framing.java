package dev.tidings.bench.load;

import java.nio.ByteBuffer;

/// How a stream of bytes is cut into messages, for servers with a framing of their own.
@FunctionalInterface
public interface Framing {
  /// The length of the message that begins at `from`, its head included.
  ///
  /// @param to where the bytes end that have arrived; at least one is there
  /// @return 0 if too little is there to tell. It need not be all there: then this is asked again.
  long length(ByteBuffer in, int from, int to);
}
