package dev.tidings.bench.load;

import dev.tidings.bench.process.BenchFailure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;

/// Where a server is, and over what it is spoken to.
///
/// @param lines plain TCP with lines; else WebSocket
/// @param path of the WebSocket
record Target(InetSocketAddress address, boolean lines, String path) {
  private static final int HTTP_PORT = 80;

  /// @param url `ws://host:port/path` or `tcp://host:port`
  static Target of(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new BenchFailure("--url " + url + ": " + e.getMessage(), e);
    }
    String scheme = String.valueOf(uri.getScheme());
    boolean lines = scheme.equals("tcp");
    if (!lines && !scheme.equals("ws")) {
      throw new BenchFailure("--url " + url + ": neither ws://host:port/path nor tcp://host:port");
    }
    if (uri.getHost() == null || (lines && uri.getPort() < 0)) {
      throw new BenchFailure("--url " + url + ": a host and a port are missing");
    }
    try {
      InetAddress host = InetAddress.getByName(uri.getHost());
      int port = uri.getPort() < 0 ? HTTP_PORT : uri.getPort();
      String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      return new Target(new InetSocketAddress(host, port), lines, path + query);
    } catch (UnknownHostException e) {
      throw new BenchFailure("--url " + url + ": there is no such host", e);
    }
  }

  /// Whether it is on this machine, so that its processes can be found.
  boolean isLocal() {
    return address.getAddress().isLoopbackAddress();
  }
}
