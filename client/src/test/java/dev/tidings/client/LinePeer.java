package dev.tidings.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A server's end of a TCP connection with one unit per line.
final class LinePeer implements TinyServer.Peer {
  private final Socket socket;
  private final BufferedReader in;

  LinePeer(Socket socket) throws IOException {
    this.socket = socket;
    this.in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public @Nullable String read() throws IOException {
    return in.readLine();
  }

  @Override
  public void write(String unit) throws IOException {
    socket.getOutputStream().write((unit + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
