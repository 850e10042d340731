package dev.tidings.hub;

import dev.tidings.engine.ConversationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes what other nodes say to the lanes that it concerns, in the order in which it is said. May
/// be called from any thread.
public final class FromOtherNodes implements OtherNodes.Listener {
  private final Neighbours neighbours;

  public FromOtherNodes(Neighbours neighbours) {
    this.neighbours = neighbours;
  }

  @Override
  public void on(String node, Map<String, Long> sinceMillis) {
    Map<Integer, List<Map.Entry<String, Long>>> homes = new HashMap<>();
    sinceMillis.forEach((user, since) ->
        homes
            .computeIfAbsent(neighbours.homeOf(user), home -> new ArrayList<>())
            .add(Map.entry(user, since)));
    homes.forEach((home, users) ->
        neighbours.tell(
            home,
            hub ->
                users.forEach(user -> hub.registry().onAt(node, user.getKey(), user.getValue()))));
  }

  @Override
  public void off(String node, Set<String> users) {
    Map<Integer, List<String>> homes = new HashMap<>();
    users.forEach(user ->
        homes.computeIfAbsent(neighbours.homeOf(user), home -> new ArrayList<>()).add(user));
    homes.forEach((home, some) ->
        neighbours.tell(home, hub -> some.forEach(user -> hub.registry().offAt(node, user))));
  }

  @Override
  public void device(String user, String device) {
    neighbours.tell(neighbours.homeOf(user), hub -> hub.registry().deviceAt(user, device));
  }

  @Override
  public void announced(String user, String device) {
    neighbours.tell(neighbours.homeOf(user), hub -> hub.registry().announced(user, device));
  }

  @Override
  public void forgetAnnounced() {
    neighbours.tellAll(hub -> hub.registry().forgetAnnounced());
  }

  @Override
  public void kick(OtherNodes.Kick kick) {
    neighbours.tellAll(hub -> hub.kickOnceKnown(kick));
  }

  /// What a lane cannot hand out fast enough already is lost to those who follow it here.
  @Override
  public void passed(OtherNodes.Publication publication, Runnable done) {
    ConversationId topic = new ConversationId(ConversationId.Kind.TOPIC, publication.topic());
    boolean lost = !publication.latest() && neighbours.congestion().has(topic);
    AtomicInteger missing = new AtomicInteger(neighbours.count());
    neighbours.tellAll(hub -> {
      try {
        hub.passing().fromOtherNode(publication, lost);
      } finally {
        if (missing.decrementAndGet() == 0) {
          done.run();
        }
      }
    });
  }
}
