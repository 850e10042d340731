package dev.tidings.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The pages and modules that the server shows, read once at start.
public final class Pages {
  /// @param type for `Content-Type`
  record Page(String type, byte[] content) {}

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private final Map<String, Page> pages = new HashMap<>();

  private Pages() {}

  /// The playground and the browser client.
  public static Pages ofPlayground() {
    Pages pages = new Pages();
    for (String name :
        new String[] {"index.html", "playground.js", "playground.css", "tidings.js", "icon.svg"}) {
      pages.load(name);
    }
    return pages;
  }

  private void load(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    try (InputStream file = Pages.class.getResourceAsStream("/web/" + name)) {
      if (file == null || type == null) {
        throw new IllegalStateException("a page is missing: " + name);
      }
      Page page = new Page(type, file.readAllBytes());
      pages.put("/" + name, page);
      if (name.equals("index.html")) {
        pages.put("/", page);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<Page> find(String path) {
    return Optional.ofNullable(pages.get(path));
  }
}
