package dev.tidings.client;

import dev.tidings.client.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Just enough of a server for real sockets: one user, one log `u:bob`, which keeps what is sent to
/// it.
final class TinyServer implements AutoCloseable {
  private final ServerSocket listener;
  private final boolean webSocket;
  private final List<Peer> peers = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final Map<String, Integer> seqByCid = new HashMap<>();

  /// The other end of one connection: text units in and out.
  interface Peer extends AutoCloseable {
    /// The next unit; `null` at the end.
    @Nullable String read() throws IOException;

    void write(String unit) throws IOException;

    @Override
    void close() throws IOException;
  }

  private TinyServer(boolean webSocket) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.webSocket = webSocket;
    Thread.ofVirtual().start(this::accept);
  }

  static TinyServer ofLines() throws IOException {
    return new TinyServer(false);
  }

  static TinyServer ofWebSocket() throws IOException {
    return new TinyServer(true);
  }

  URI address() {
    String host = listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
    return URI.create(webSocket ? "ws://" + host + "/v1/ws" : "tcp://" + host);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (Peer peer = webSocket ? new WebSocketPeer(socket) : new LinePeer(socket)) {
      for (String unit = peer.read(); unit != null; unit = peer.read()) {
        answer(peer, Json.parseUnit(unit));
      }
    } catch (IOException cut) {
      // As the test wished.
    }
  }

  private synchronized void answer(Peer peer, Json.Obj unit) throws IOException {
    String id = unit.member("id").map(Json::text).orElse("0");
    switch (unit.string("op").orElseThrow()) {
      case "auth" -> {
        peers.add(peer);
        peer.write("{\"op\":\"welcome\",\"user\":\"alice\",\"conn\":\"c\",\"ping\":25}");
      }
      case "sync" ->
          peer.write(
              ok(id)
                  + ",\"cursor\":\"k\",\"convs\":[{\"in\":\"u:bob\",\"epoch\":\"e\",\"low\":1,\"head\":"
                  + log.size()
                  + "}]}");
      case "history" -> {
        int after = (int) unit.number("after").orElse(0);
        String items = String.join(",", log.subList(after, log.size()));
        peer.write(
            ok(id)
                + ",\"epoch\":\"e\",\"low\":1,\"head\":"
                + log.size()
                + ",\"items\":["
                + items
                + "]}");
      }
      case "send" -> {
        int seq = seqByCid.computeIfAbsent(unit.string("cid").orElseThrow(), _ -> append(unit));
        peer.write(
            ok(id) + ",\"in\":\"u:bob\",\"epoch\":\"e\",\"seq\":" + seq + ",\"level\":\"memory\"}");
      }
      default -> {}
    }
  }

  private static String ok(String id) {
    return "{\"op\":\"ok\",\"id\":" + id;
  }

  private int append(Json.Obj send) {
    int seq = log.size() + 1;
    String data = send.member("data").orElseThrow().text();
    log.add("{\"seq\":" + seq + ",\"data\":" + data + "}");
    String msg = "{\"op\":\"msg\",\"in\":\"u:bob\"," + log.getLast().substring(1);
    for (Peer peer : peers) {
      try {
        peer.write(msg);
      } catch (IOException gone) {
        // It will sync.
      }
    }
    return seq;
  }

  /// Somebody else writes.
  synchronized void append(String text) {
    append(Json.object().put("data", Json.of(text)).build());
  }

  /// Cuts every connection.
  synchronized void cut() {
    try {
      for (Peer peer : peers) {
        peer.close();
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    peers.clear();
  }

  synchronized void say(String unit) throws IOException {
    for (Peer peer : peers) {
      peer.write(unit);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
