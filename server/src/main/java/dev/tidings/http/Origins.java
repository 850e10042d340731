package dev.tidings.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// In development mode a name is enough to be somebody. A browser on this machine would lend that
/// to any page it shows, so there the page must be of this machine, and asked for under its name.
final class Origins {
  /// What a page of elsewhere is told.
  static final String ONLY_FROM_HERE = "in development mode only pages of this machine may connect";

  private Origins() {}

  /// Whether both the page and the address it used are of this machine. No `Origin`: no browser, or
  /// a page that asks as if for a picture, of which newer browsers say whether it is of elsewhere.
  static boolean areHere(HttpHeaders headers) {
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    String host = headers.get(HttpHeaderNames.HOST);
    boolean elsewhere = "cross-site".equals(headers.get("Sec-Fetch-Site"));
    return (origin == null ? !elsewhere : isLoopback(host(origin)))
        && (host == null || isLoopback(host("http://" + host)));
  }

  private static @Nullable String host(String url) {
    try {
      return URI.create(url).getHost();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean isLoopback(@Nullable String host) {
    return host != null
        && (host.equals("localhost")
            || host.endsWith(".localhost")
            || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")
            || host.equals("[::1]"));
  }
}
