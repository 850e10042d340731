package dev.tidings.http;

import dev.tidings.protocol.CommandDecoder;
import dev.tidings.protocol.Decoded;
import dev.tidings.protocol.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/// The parameters of a URL, spelt out as the units that they stand for; so they are held to the
/// rules of these.
final class UrlUnits {
  private UrlUnits() {}

  static Decoded auth(Credentials credentials, Target target) {
    JsonWriter auth = new JsonWriter(256);
    auth.beginObject().name("op").plain("auth");
    credentials.write(auth);
    texts(auth, target, "device", "client");
    numbers(auth, target, "v", "ping");
    return decoded(auth);
  }

  static Decoded sync(Target target) {
    JsonWriter sync = new JsonWriter(256);
    sync.beginObject().name("op").plain("sync");
    texts(sync, target, "since", "next");
    numbers(sync, target, "tail", "limit");
    return decoded(sync);
  }

  private static Decoded decoded(JsonWriter unit) {
    byte[] bytes = unit.endObject().toBytes();
    return new CommandDecoder().decode(bytes, 0, bytes.length);
  }

  private static void texts(JsonWriter unit, Target target, String... names) {
    for (String name : names) {
      target.parameter(name).ifPresent(value -> unit.name(name).string(value));
    }
  }

  /// What is no number stays a text, and is refused as one.
  private static void numbers(JsonWriter unit, Target target, String... names) {
    for (String name : names) {
      target
          .parameter(name)
          .ifPresent(value -> {
            if (value.matches("0|[1-9][0-9]{0,15}")) {
              unit.name(name).rawAscii(value);
            } else {
              unit.name(name).string(value);
            }
          });
    }
  }

  /// A `sub` for each `?sub=`. Its answer tells by `id` which one it is of.
  static List<byte[]> subscriptions(Target target) {
    List<byte[]> units = new ArrayList<>();
    for (String address : target.parameters().getOrDefault("sub", List.of())) {
      JsonWriter sub = new JsonWriter(128).beginObject().name("op").plain("sub");
      if (address.length() <= CommandDecoder.ID_BYTES_MAX) {
        sub.name("id").string(address);
      }
      sub.name("in").string(address);
      units.add(sub.endObject().toBytes());
    }
    return units;
  }
}
