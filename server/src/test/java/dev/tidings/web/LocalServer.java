package dev.tidings.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.Server;
import dev.tidings.config.ServerSettings;
import dev.tidings.engine.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/// A server for browsers of this machine, and a backend that sends to it.
final class LocalServer {
  private LocalServer() {}

  /// @param port 0 for a free one
  /// @param kept topics with a log
  static Server serve(Path data, int port, List<String> kept, int lanes) throws Exception {
    return new Server(
        new ServerSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            data,
            "",
            Level.DISK,
            /* rateLimits= */ true,
            kept,
            lanes));
  }

  /// Has the server's own key send `text`.
  ///
  /// @param headers names and values
  static void push(Server server, String to, String text, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/v1/send/" + to);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Bearer " + server.key())
            .POST(HttpRequest.BodyPublishers.ofString(text));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }
}
