package dev.tidings.client.model;

import java.util.Optional;
import java.util.OptionalInt;

/// As whom to connect, and within which bounds. Begin with [#ofUser] or [#ofToken]; each `with…`
/// returns a copy.
///
/// @param credentials who connects
/// @param device stable device name, if any
/// @param client free text for the server's logs
/// @param pingSeconds wished heartbeat; empty leaves it to the server
/// @param firstEntries how many of the newest entries are handed over of a conversation of which no
///   position is held
/// @param requestsMax requests that wait or are under way; beyond, they fail
/// @param backlogMax characters handed over and not yet taken; beyond, entries stay in the server's
///   log until there is room. As much again may wait for missing predecessors.
/// @param frames whether frames are shown to the listener
public record ClientOptions(
    Credentials credentials,
    Optional<String> device,
    String client,
    OptionalInt pingSeconds,
    int firstEntries,
    int requestsMax,
    long backlogMax,
    boolean frames) {

  /// For [#withFirstEntries]: from the first entry that may be read.
  public static final int ALL_ENTRIES = Integer.MAX_VALUE;

  private static final int FIRST_ENTRIES = 20;
  private static final int REQUESTS_MAX = 1024;
  private static final long BACKLOG_MAX = 1 << 20;

  public ClientOptions {
    atLeast(0, "firstEntries", firstEntries);
    atLeast(1, "requestsMax", requestsMax);
    atLeast(1, "backlogMax", backlogMax);
  }

  private static void atLeast(long min, String name, long value) {
    if (value < min) {
      throw new IllegalArgumentException(name + " is " + value + ", must be at least " + min);
    }
  }

  /// A user name without proof, for a server in development mode.
  public static ClientOptions ofUser(String name) {
    return of(new Credentials.DevelopmentUser(name));
  }

  /// A user who proves who he is.
  public static ClientOptions ofToken(TokenSource source) {
    return of(new Credentials.Token(source));
  }

  private static ClientOptions of(Credentials credentials) {
    return new ClientOptions(
        credentials,
        Optional.empty(),
        "tidings-java",
        OptionalInt.empty(),
        FIRST_ENTRIES,
        REQUESTS_MAX,
        BACKLOG_MAX,
        false);
  }

  /// A stable name of this device; a newer connection of the same user and device replaces the
  /// older.
  public ClientOptions withDevice(String name) {
    return new ClientOptions(
        credentials,
        Optional.of(name),
        client,
        pingSeconds,
        firstEntries,
        requestsMax,
        backlogMax,
        frames);
  }

  /// Free text for the server's logs.
  public ClientOptions withClient(String text) {
    return new ClientOptions(
        credentials, device, text, pingSeconds, firstEntries, requestsMax, backlogMax, frames);
  }

  /// The wished heartbeat; 0 for none, if the server allows it.
  public ClientOptions withPingSeconds(int seconds) {
    return new ClientOptions(
        credentials,
        device,
        client,
        OptionalInt.of(seconds),
        firstEntries,
        requestsMax,
        backlogMax,
        frames);
  }

  /// How many of the newest entries to hand over of a conversation of which no position is held,
  /// from 0 to [#ALL_ENTRIES]. The default is 20.
  public ClientOptions withFirstEntries(int entries) {
    return new ClientOptions(
        credentials, device, client, pingSeconds, entries, requestsMax, backlogMax, frames);
  }

  /// How many requests may wait or be under way; one more fails at once. The default is 1024.
  public ClientOptions withRequestsMax(int requests) {
    return new ClientOptions(
        credentials, device, client, pingSeconds, firstEntries, requests, backlogMax, frames);
  }

  /// How many characters may wait for the callbacks. The default is about a million.
  public ClientOptions withBacklogMax(long characters) {
    return new ClientOptions(
        credentials, device, client, pingSeconds, firstEntries, requestsMax, characters, frames);
  }

  /// Shows each frame to the listener.
  public ClientOptions withFrames() {
    return new ClientOptions(
        credentials, device, client, pingSeconds, firstEntries, requestsMax, backlogMax, true);
  }
}
