package dev.tidings.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// What Redis runs for us, each as one atomic step. The texts are resources beside this package.
enum Script {
  COMMIT("steps", "succession"),
  LOOK("succession"),
  FILL("steps"),
  TAKE,
  PASS,
  ENTRIES,
  ORDERED,
  LEASE,
  TELL;

  @SuppressWarnings("ImmutableEnumChecker") // a record of two texts
  private final Lua lua;

  /// @param before what stands between the first line, which says how to run it, and the rest
  Script(String... before) {
    String own = resource(name().toLowerCase(Locale.ROOT));
    int rest = own.indexOf('\n') + 1;
    StringBuilder all = new StringBuilder(own.substring(0, rest)).append(Format.FIRST);
    for (String each : before) {
      all.append(resource(each));
    }
    lua = Lua.of(all.append(own, rest, own.length()).toString());
  }

  private static String resource(String name) {
    try (InputStream in = Script.class.getResourceAsStream("/redis/" + name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("no script " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Lua lua() {
    return lua;
  }
}
