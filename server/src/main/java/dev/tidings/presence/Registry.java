package dev.tidings.presence;

import dev.tidings.base.Clock;
import dev.tidings.base.Lane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All connections of some of the users, wherever their sockets are: the users whose names hash to
/// this shard. Touched only when somebody comes or goes. Confined to the shard's lane.
///
/// A user is on from his first connection; going off is said only after [#OFF_AFTER_MILLIS] without
/// return, so that a phone that changes networks does not blink.
public final class Registry {
  public static final long OFF_AFTER_MILLIS = 10_000;

  /// Hears when a user comes or goes. Called on the registry's lane.
  @FunctionalInterface
  public interface Listener {
    void changed(String user, boolean on, long tsMillis);
  }

  private static final class Connections {
    final List<Registrant> present = new ArrayList<>(1);
    Lane.@Nullable Cancel goingOff;
  }

  private final Lane lane;
  private final Clock clock;
  private final OnlineUsers online;
  private final Listener listener;
  private final int connectionsPerUserMax;
  private final Map<String, Connections> users = new HashMap<>();

  public Registry(
      Lane lane, Clock clock, OnlineUsers online, int connectionsPerUserMax, Listener listener) {
    this.lane = lane;
    this.clock = clock;
    this.online = online;
    this.connectionsPerUserMax = connectionsPerUserMax;
    this.listener = listener;
  }

  /// Adds a connection, replacing an older one of the same device. `false`: he has too many.
  public boolean register(Registrant registrant) {
    Connections connections = users.computeIfAbsent(registrant.user(), user -> new Connections());
    boolean wasOn = !connections.present.isEmpty();
    replaceDevice(connections, registrant.device());
    if (connections.present.size() >= connectionsPerUserMax) {
      return false;
    }
    connections.present.add(registrant);
    if (connections.goingOff != null) {
      connections.goingOff.cancel();
      connections.goingOff = null;
    } else if (!wasOn) {
      say(registrant.user(), true);
    }
    return true;
  }

  private static void replaceDevice(Connections connections, String device) {
    if (device.isEmpty()) {
      return;
    }
    Iterator<Registrant> all = connections.present.iterator();
    while (all.hasNext()) {
      Registrant older = all.next();
      if (older.device().equals(device)) {
        all.remove();
        older.replaced();
      }
    }
  }

  /// Removes a connection; harmless if it is not there any more.
  public void unregister(Registrant registrant) {
    Connections connections = users.get(registrant.user());
    if (connections == null
        || !connections.present.remove(registrant)
        || !connections.present.isEmpty()) {
      return;
    }
    connections.goingOff =
        lane.schedule(() -> goOff(registrant.user(), connections), OFF_AFTER_MILLIS);
  }

  private void goOff(String user, Connections connections) {
    if (connections.present.isEmpty() && users.remove(user, connections)) {
      say(user, false);
    }
  }

  private void say(String user, boolean on) {
    long now = clock.epochMillis();
    if (on) {
      online.on(user, now);
    } else {
      online.off(user);
    }
    listener.changed(user, on, now);
  }
}
