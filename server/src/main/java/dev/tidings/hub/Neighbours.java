package dev.tidings.hub;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The hubs of all lanes of this node, and the other nodes. A hub calls another one only through
/// here, as a message in its lane's mailbox.
public final class Neighbours {
  private final Congestion congestion = new Congestion();
  private final OtherNodes others;
  private List<Hub> hubs = List.of();

  /// Of a node that is alone.
  public Neighbours() {
    this(OtherNodes.NONE);
  }

  public Neighbours(OtherNodes others) {
    this.others = others;
  }

  /// To be called once, before the first connection.
  public void are(List<Hub> all) {
    hubs = List.copyOf(all);
  }

  /// What some lane cannot hand out fast enough.
  Congestion congestion() {
    return congestion;
  }

  /// Who is to hear what does not go through the engine.
  OtherNodes others() {
    return others;
  }

  /// How many lanes there are.
  int count() {
    return hubs.size();
  }

  /// The lane that keeps a user's connections.
  int homeOf(String user) {
    return Math.floorMod(user.hashCode(), hubs.size());
  }

  /// The hub of the lane whose connections have such names.
  Optional<Hub> of(String connection) {
    return hubs.stream().filter(hub -> hub.names(connection)).findFirst();
  }

  void tell(int lane, Consumer<Hub> message) {
    Hub hub = hubs.get(lane);
    hub.lane().execute(() -> message.accept(hub));
  }

  void tellAll(Consumer<Hub> message) {
    for (int lane = 0; lane < hubs.size(); lane++) {
      tell(lane, message);
    }
  }
}
