package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.LineClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Many users in one group, and their connections.
final class Crowd {
  private static final int NAMES_PER_ADD = 200;

  private Crowd() {}

  /// Has `owner` make a quiet group, and lets in so many whose names begin with `prefix`.
  static void gather(LineClient owner, String group, String prefix, int count) {
    owner.ask("{\"op\":\"group\",\"do\":\"create\",\"in\":\"" + group + "\",\"quiet\":true}", "ok");
    for (int from = 0; from < count; from += NAMES_PER_ADD) {
      String who =
          IntStream.range(from, Math.min(from + NAMES_PER_ADD, count))
              .mapToObj(i -> "\"" + prefix + i + "\"")
              .collect(Collectors.joining(","));
      owner.ask(
          "{\"op\":\"group\",\"do\":\"add\",\"in\":\"" + group + "\",\"who\":[" + who + "]}", "ok");
    }
  }

  /// Says on a connection, which still blocks, who it is, and waits until it is welcome.
  ///
  /// @param buffer to read into
  static void introduce(SocketChannel channel, String user, ByteBuffer buffer) throws IOException {
    String auth = "{\"op\":\"auth\",\"user\":\"" + user + "\"}\n";
    channel.write(ByteBuffer.wrap(auth.getBytes(StandardCharsets.US_ASCII)));
    buffer.clear();
    do {
      if (channel.read(buffer) < 0) {
        throw new BenchFailure("the server hung up instead of saying welcome");
      }
    } while (buffer.get(buffer.position() - 1) != '\n');
  }
}
