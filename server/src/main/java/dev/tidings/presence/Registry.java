package dev.tidings.presence;

import dev.tidings.base.Clock;
import dev.tidings.base.Lane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All connections of some of the users, wherever their sockets are: the users whose names hash to
/// this shard, and on which other nodes these users are. Touched only when somebody comes or goes.
/// Confined to the shard's lane.
///
/// A user is on from his first connection on any node; going off is said only after
/// [#OFF_AFTER_MILLIS] without return, so that a phone that changes networks does not blink. Every
/// node decides that for itself, so it needs nobody who survives.
public final class Registry {
  public static final long OFF_AFTER_MILLIS = 10_000;

  /// Hears when a user comes or goes. Called on the registry's lane.
  @FunctionalInterface
  public interface Listener {
    void changed(String user, boolean on, long tsMillis);
  }

  private static final class Connections {
    final List<Registrant> present = new ArrayList<>(1);

    /// The other nodes where he is.
    Set<String> nodes = Set.of();

    Lane.@Nullable Cancel goingOff;

    boolean isOn() {
      return !present.isEmpty() || !nodes.isEmpty();
    }
  }

  private final Lane lane;
  private final Clock clock;
  private final OnlineUsers online;
  private final Listener listener;
  private final int connectionsPerUserMax;
  private final Elsewhere elsewhere;
  private final Map<String, Connections> users = new HashMap<>();

  /// Devices that came here of which the other nodes have not heard yet, and how often.
  private final Map<Device, Integer> announced = new HashMap<>();

  private record Device(String user, String name) {}

  public Registry(
      Lane lane,
      Clock clock,
      OnlineUsers online,
      int connectionsPerUserMax,
      Elsewhere elsewhere,
      Listener listener) {
    this.elsewhere = elsewhere;
    this.lane = lane;
    this.clock = clock;
    this.online = online;
    this.connectionsPerUserMax = connectionsPerUserMax;
    this.listener = listener;
  }

  /// Adds a connection, replacing an older one of the same device. `false`: he has too many.
  public boolean register(Registrant registrant) {
    Connections connections = users.computeIfAbsent(registrant.user(), user -> new Connections());
    boolean wasHere = !connections.present.isEmpty();
    boolean wasOn = wasHere || connections.isOn();
    replaceDevice(connections, registrant.device());
    if (connections.present.size() >= connectionsPerUserMax) {
      return false;
    }
    connections.present.add(registrant);
    comesOn(registrant.user(), connections, wasOn, clock.epochMillis());
    if (!wasHere) {
      elsewhere.came(registrant.user(), clock.epochMillis());
    }
    if (!registrant.device().isEmpty()
        && elsewhere.device(registrant.user(), registrant.device())) {
      announced.merge(new Device(registrant.user(), registrant.device()), 1, Integer::sum);
    }
    return true;
  }

  private void comesOn(String user, Connections connections, boolean wasOn, long sinceMillis) {
    if (connections.goingOff != null) {
      connections.goingOff.cancel();
      connections.goingOff = null;
    } else if (!wasOn) {
      online.on(user, sinceMillis);
      listener.changed(user, true, sinceMillis);
    }
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
    if (connections != null && connections.present.remove(registrant)) {
      leftHere(registrant.user(), connections);
    }
  }

  private void leftHere(String user, Connections connections) {
    if (connections.present.isEmpty()) {
      elsewhere.left(user);
      goesOffSoon(user, connections);
    }
  }

  private void goesOffSoon(String user, Connections connections) {
    if (!connections.isOn() && connections.goingOff == null) {
      connections.goingOff = lane.schedule(() -> goOff(user, connections), OFF_AFTER_MILLIS);
    }
  }

  private void goOff(String user, Connections connections) {
    if (!connections.isOn() && users.remove(user, connections)) {
      online.off(user);
      listener.changed(user, false, clock.epochMillis());
    }
  }

  // What other nodes say.

  /// `user` is on another node, too.
  public void onAt(String node, String user, long sinceMillis) {
    Connections connections = users.computeIfAbsent(user, name -> new Connections());
    boolean wasOn = connections.isOn();
    if (!connections.nodes.contains(node)) {
      Set<String> more = new HashSet<>(connections.nodes);
      more.add(node);
      connections.nodes = Set.copyOf(more);
    }
    comesOn(user, connections, wasOn, sinceMillis);
  }

  /// `user` is on that node no longer; harmless if he was not.
  public void offAt(String node, String user) {
    Connections connections = users.get(user);
    if (connections == null || !connections.nodes.contains(node)) {
      return;
    }
    Set<String> fewer = new HashSet<>(connections.nodes);
    fewer.remove(node);
    connections.nodes = Set.copyOf(fewer);
    goesOffSoon(user, connections);
  }

  /// A connection of this device came to another node. One that is here has to go, unless it is the
  /// newer one: then its own announcement is still to come.
  public void deviceAt(String user, String device) {
    Connections connections = users.get(user);
    if (connections == null || announced.containsKey(new Device(user, device))) {
      return;
    }
    boolean wasHere = !connections.present.isEmpty();
    replaceDevice(connections, device);
    if (wasHere) {
      leftHere(user, connections);
    }
  }

  /// What was said to [Elsewhere#device(String, String)] has its place in the order of all nodes,
  /// or never will.
  public void announced(String user, String device) {
    announced.computeIfPresent(
        new Device(user, device), (same, times) -> times == 1 ? null : times - 1);
  }

  /// Nobody knows what became of announcements.
  public void forgetAnnounced() {
    announced.clear();
  }
}
