package dev.tidings.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/// A server of lines that passes on what it hears, and the dialect to speak with it. It can be told
/// to do it badly.
final class EchoServer implements AutoCloseable {
  private final ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<OutputStream> readers = new CopyOnWriteArrayList<>();
  private final BiFunction<Integer, String, List<String>> passing;

  /// @param passing from the count of messages so far and a message to what is sent to all readers
  EchoServer(BiFunction<Integer, String, List<String>> passing) throws IOException {
    this.passing = passing;
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(port.getInetAddress(), port.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = port.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // The end of the test.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      OutputStream out = socket.getOutputStream();
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      int count = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("sub")) {
          readers.add(out);
          out.write(Bytes.ascii("subscribed\n"));
        } else {
          for (String each : passing.apply(count++, line)) {
            readers.forEach(reader -> write(reader, each + "\n"));
          }
        }
      }
    } catch (IOException e) {
      // A run closes its connections without a word.
    }
  }

  private static void write(OutputStream to, String line) {
    try {
      to.write(Bytes.ascii(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    port.close();
  }

  /// As a peer's would be.
  static class Speech implements Dialect {
    private int hint;

    @Override
    public Wire wire(Role role) {
      return Wire.lines();
    }

    @Override
    public void opened(Link link) {
      if (link.seat().role() == Role.SENDER) {
        link.ready();
      } else {
        link.out().text("sub");
        link.send();
      }
    }

    @Override
    public void message(Link link, ByteBuffer in, int from, int to) {
      int at = Payload.find(in, from, to, hint);
      if (at < 0) {
        link.ready();
      } else {
        hint = at - from;
        link.delivered(in, at);
      }
    }

    @Override
    public void publish(Link from, int conversation, long id, Payload payload) {
      from.out().payload(payload);
      from.send();
    }
  }
}
