package dev.tidings.bench.compare;

import dev.tidings.bench.load.Dialect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A server that takes part.
///
/// @param name in options and results
/// @param dialect its language, a key of [#dialects()], or that of Tidings
/// @param scheme `ws` or `tcp`
/// @param script what starts it, below `bench`; empty for Tidings
/// @param options further ones, for the script or for `./tidings serve`
/// @param cores that it is pinned to; empty for the one of the comparison
record Contender(
    String name,
    String dialect,
    String scheme,
    Optional<String> script,
    List<String> options,
    String cores) {
  static final String TIDINGS = "tidings";

  /// One `write` per delivery, and what waits put together: all others are measured against these.
  static final Contender FLOOR_WRITE = floor("write");

  static final Contender FLOOR_COALESCE = floor("coalesce");

  private static final List<Contender> ALL =
      List.of(
          FLOOR_WRITE,
          FLOOR_COALESCE,
          tidings(List.of(), ""),
          peer("nats", "ws"),
          peer("nchan", "ws"),
          peer("mosquitto", "tcp"),
          peer("ws", "ws"),
          peer("socketio", "ws"),
          peer("springboot", "ws"),
          peer("tio", "ws"));

  Contender {
    options = List.copyOf(options);
  }

  private static Contender floor(String mode) {
    return new Contender(
        "floor-" + mode, "floor", "ws", Optional.of("floor/start"), List.of(mode), "");
  }

  private static Contender peer(String name, String scheme) {
    return new Contender(
        name, name, scheme, Optional.of("peers/" + name + "/start"), List.of(), "");
  }

  /// With options of its own, and perhaps on other cores than everybody.
  static Contender tidings(List<String> options, String cores) {
    String name = TIDINGS + String.join("", options).replace("--", " ");
    return new Contender(name, TIDINGS, "ws", Optional.empty(), options, cores);
  }

  /// All that can be asked for, the floors first.
  static List<Contender> all() {
    return ALL;
  }

  /// The languages that the load generator does not know by itself.
  static Map<String, Supplier<Dialect>> dialects() {
    Map<String, Supplier<Dialect>> dialects = new LinkedHashMap<>();
    dialects.put("floor", () -> new RoomDialect("/"));
    dialects.put("nats", NatsDialect::new);
    dialects.put("nchan", NchanDialect::new);
    dialects.put("mosquitto", MqttDialect::new);
    dialects.put("ws", () -> new RoomDialect("/"));
    dialects.put("socketio", SocketIoDialect::new);
    dialects.put("springboot", () -> new RoomDialect("/ws"));
    dialects.put("tio", () -> new RoomDialect("/"));
    return dialects;
  }

  boolean isFloor() {
    return dialect.equals("floor");
  }

  boolean isTidings() {
    return dialect.equals(TIDINGS);
  }

  /// Where its clients find it.
  String url(int port) {
    return scheme + "://127.0.0.1:" + port + (isTidings() ? "/v1/ws" : "");
  }

  /// What starts it.
  ///
  /// @param folder its own
  List<String> command(Path checkout, int port, Path folder) {
    List<String> command = new ArrayList<>();
    if (script.isPresent()) {
      command.add(checkout.resolve("bench").resolve(script.get()).toString());
      command.addAll(List.of("run", Integer.toString(port), folder.toString()));
    } else {
      command.addAll(List.of(checkout.resolve("tidings").toString(), "serve"));
      command.addAll(List.of("--port", Integer.toString(port)));
      command.addAll(List.of("--data", folder.resolve("data").toString(), "--no-rate-limits"));
    }
    command.addAll(options);
    return command;
  }
}
