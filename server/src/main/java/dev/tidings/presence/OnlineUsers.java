package dev.tidings.presence;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The picture of who is here, for any lane to look at. Each user's line is written by one lane
/// only, the one that keeps his connections; what others see may be a moment old, as presence
/// always is.
public final class OnlineUsers {
  private final ConcurrentHashMap<String, Long> sinceMillis = new ConcurrentHashMap<>();

  /// Since when the user is here, Unix time in milliseconds; empty if he is not.
  public Optional<Long> onSinceMillis(String user) {
    return Optional.ofNullable(sinceMillis.get(user));
  }

  public boolean isOn(String user) {
    return sinceMillis.containsKey(user);
  }

  /// How many users are here.
  public int count() {
    return sinceMillis.size();
  }

  void on(String user, long nowMillis) {
    sinceMillis.put(user, nowMillis);
  }

  void off(String user) {
    sinceMillis.remove(user);
  }
}
