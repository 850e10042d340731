package dev.tidings.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Speaks lines of JSON over TCP, one request at a time, on the thread of its caller.
public final class LineClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int UNITS_SKIPPED_MAX = 1_000;

  /// Fewer than the server takes at once (docs/protocol.md §13), so that it never stops reading.
  private static final int AHEAD_MAX = 48;

  private final Socket socket;
  private final OutputStream out;
  private final BufferedReader in;

  private LineClient(Socket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /// Empty if nobody listens there.
  public static Optional<LineClient> tryOpen(InetSocketAddress server) {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(server, TIMEOUT_MILLIS);
      return Optional.of(new LineClient(socket));
    } catch (IOException e) {
      closeQuietly(socket);
      return Optional.empty();
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was never open; the next try will tell.
    }
  }

  /// Sends one unit and reads until one of the kind `op` comes.
  public JsonNode ask(String unit, String op) {
    send(unit);
    return next(op);
  }

  /// Reads until a unit of the kind `op` comes by itself.
  public JsonNode hear(String op) {
    return next(op);
  }

  private void send(String unit) {
    try {
      out.write((unit + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new BenchFailure("nothing can be sent: " + e.getMessage(), e);
    }
  }

  private JsonNode next(String op) {
    try {
      for (int i = 0; i < UNITS_SKIPPED_MAX; i++) {
        String line = in.readLine();
        if (line == null) {
          throw new BenchFailure("the server hung up instead of saying " + op);
        }
        JsonNode said = JSON.readTree(line);
        String what = said.path("op").asString();
        if (what.equals(op)) {
          return said;
        }
        if (what.equals("err") || what.equals("bye")) {
          throw new BenchFailure("the server said " + line);
        }
      }
      throw new BenchFailure("the server never said " + op);
    } catch (IOException e) {
      throw new BenchFailure("no " + op + ": " + e.getMessage(), e);
    }
  }

  /// Sends units, some ahead, and reads an `ok` for each.
  public void askAll(List<String> units) {
    int answered = 0;
    for (int sent = 0; sent < units.size(); sent++) {
      send(units.get(sent));
      if (sent - answered >= AHEAD_MAX) {
        next("ok");
        answered++;
      }
    }
    for (; answered < units.size(); answered++) {
      next("ok");
    }
  }

  @Override
  public void close() {
    closeQuietly(socket);
  }
}
