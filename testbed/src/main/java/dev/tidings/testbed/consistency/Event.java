package dev.tidings.testbed.consistency;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import dev.tidings.testbed.TestbedFailure;

/// Something that happened to a client, as it saw it.
///
/// `who` is one client, or one reader, by a name of its own. `in` is the conversation under a name
/// that is the same for everybody, so not as the wire says it in private ones. A `message` is told
/// by a name that stands in its payload, for a `cid` is shown to its author alone.
public sealed interface Event {
  String who();

  String in();

  /// A message was given to the client library, which from now on repeats it until it is answered.
  record Sent(String who, String in, String message) implements Event {}

  /// `ok` came for it.
  record Confirmed(String who, String in, String message, String epoch, long seq, String level)
      implements Event {}

  /// No `ok` will come; whether it is kept nobody knows, or an error said that it is not.
  record Unconfirmed(String who, String in, String message, String why) implements Event {}

  /// Reads from here on, behind `after`; `epoch` is empty if it is not known yet.
  record Began(String who, String in, String epoch, long after) implements Event {}

  /// An entry. `message` is empty if it is none: a change of the group, a message that is void.
  record Heard(String who, String in, String epoch, long seq, String message) implements Event {}

  /// The server declared that what lies between, both exclusive, is not to be had.
  record Skipped(String who, String in, String epoch, long after, long before) implements Event {}

  /// The server declared that another log took the place of the one known; reads on behind `after`.
  record Replaced(String who, String in, String oldEpoch, String epoch, long after)
      implements Event {}

  /// Has read to the end: there was nothing behind `head` when all was quiet.
  record Reached(String who, String in, String epoch, long head) implements Event {}

  /// One line of a file.
  default String line() {
    ObjBuilder line = Json.object();
    switch (this) {
      case Sent it -> line.put("event", "sent").put("message", it.message());
      case Confirmed it ->
          line.put("event", "confirmed")
              .put("message", it.message())
              .put("epoch", it.epoch())
              .put("seq", it.seq())
              .put("level", it.level());
      case Unconfirmed it ->
          line.put("event", "unconfirmed").put("message", it.message()).put("why", it.why());
      case Began it -> line.put("event", "began").put("epoch", it.epoch()).put("after", it.after());
      case Heard it ->
          line.put("event", "heard")
              .put("epoch", it.epoch())
              .put("seq", it.seq())
              .put("message", it.message());
      case Skipped it ->
          line.put("event", "skipped")
              .put("epoch", it.epoch())
              .put("after", it.after())
              .put("before", it.before());
      case Replaced it ->
          line.put("event", "replaced")
              .put("old", it.oldEpoch())
              .put("epoch", it.epoch())
              .put("after", it.after());
      case Reached it ->
          line.put("event", "reached").put("epoch", it.epoch()).put("head", it.head());
    }
    return line.put("who", who()).put("in", in()).build().text();
  }

  /// The reverse of [#line()].
  static Event parse(String line) {
    if (!(Json.parse(line) instanceof Json.Obj it)) {
      throw new TestbedFailure("no event: " + line);
    }
    String who = text(it, "who");
    String in = text(it, "in");
    return switch (text(it, "event")) {
      case "sent" -> new Sent(who, in, text(it, "message"));
      case "confirmed" ->
          new Confirmed(
              who,
              in,
              text(it, "message"),
              text(it, "epoch"),
              number(it, "seq"),
              text(it, "level"));
      case "unconfirmed" -> new Unconfirmed(who, in, text(it, "message"), text(it, "why"));
      case "began" -> new Began(who, in, text(it, "epoch"), number(it, "after"));
      case "heard" -> new Heard(who, in, text(it, "epoch"), number(it, "seq"), text(it, "message"));
      case "skipped" ->
          new Skipped(who, in, text(it, "epoch"), number(it, "after"), number(it, "before"));
      case "replaced" ->
          new Replaced(who, in, text(it, "old"), text(it, "epoch"), number(it, "after"));
      case "reached" -> new Reached(who, in, text(it, "epoch"), number(it, "head"));
      default -> throw new TestbedFailure("no event: " + line);
    };
  }

  private static String text(Json.Obj it, String name) {
    return it.string(name).orElseThrow(() -> new TestbedFailure("no " + name + " in " + it.text()));
  }

  private static long number(Json.Obj it, String name) {
    return it.number(name).orElseThrow(() -> new TestbedFailure("no " + name + " in " + it.text()));
  }
}
