package dev.tidings.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/// A proxy with the habits of the usual ones: it speaks HTTP/1.0 to the server, and keeps what the
/// server says back until it has a page of it, unless the response asks for the contrary.
final class BufferingProxy implements AutoCloseable {
  private static final int PAGE_BYTES = 64 * 1024;

  private final InetSocketAddress server;
  private final ServerSocket listening;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  BufferingProxy(InetSocketAddress server) throws IOException {
    this.server = server;
    this.listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run(Work work) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try {
                work.run();
              } catch (IOException e) {
                // closed, by either side or by us
              }
            }));
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      Socket upstream = new Socket();
      sockets.add(client);
      sockets.add(upstream);
      upstream.connect(server);
      run(() -> serve(client, upstream));
    }
  }

  private void serve(Socket client, Socket upstream) throws IOException {
    String request = head(new BufferedInputStream(client.getInputStream()));
    upstream
        .getOutputStream()
        .write(
            request
                .replaceFirst("HTTP/1.1\r\n", "HTTP/1.0\r\nX-Forwarded-For: 127.0.0.1\r\n")
                .getBytes(StandardCharsets.UTF_8));
    run(() -> endWith(client, upstream));
    InputStream answer = new BufferedInputStream(upstream.getInputStream());
    String head = head(answer);
    OutputStream out = client.getOutputStream();
    out.write(head.getBytes(StandardCharsets.UTF_8));
    String lower = head.toLowerCase(Locale.ROOT);
    boolean atOnce = lower.contains("x-accel-buffering: no") && lower.contains("no-transform");
    byte[] page = new byte[PAGE_BYTES];
    int kept = 0;
    for (int read = answer.read(page, 0, PAGE_BYTES);
        read >= 0;
        read = answer.read(page, kept, PAGE_BYTES - kept)) {
      kept += read;
      if (atOnce || kept == PAGE_BYTES) {
        out.write(page, 0, kept);
        kept = 0;
      }
    }
    out.write(page, 0, kept);
    client.close();
  }

  /// Whoever waits behind a proxy is gone when the proxy says so.
  private static void endWith(Socket client, Socket upstream) throws IOException {
    try (client;
        upstream) {
      while (client.getInputStream().read() >= 0) {
        // a client of a stream says nothing more
      }
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended in the midst of a head");
      }
      head.write(next);
      text = next == '\n' ? head.toString(StandardCharsets.UTF_8) : "";
    }
    return text;
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : sockets) {
        socket.close();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
