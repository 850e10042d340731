package dev.tidings.relay;

import dev.tidings.base.Clock;
import dev.tidings.lane.Lanes;
import dev.tidings.session.SendRate;
import dev.tidings.transport.LaneSockets;
import dev.tidings.transport.Port;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// The relay as a whole: its port, and who is there under which name. What is said is passed on by
/// its lanes ([RelayLane]). May be used from any lane.
public final class Relay implements AutoCloseable {
  /// Who comes when so many are there is told so, and closed.
  static final int GUESTS_MAX = 1_000;

  static final int NAME_CHARS_MAX = 32;

  private final List<RelayLane> lanes;
  private final SendRate.Limit rate;
  private final Clock clock;
  private final Map<String, RelayHandler> names = new ConcurrentHashMap<>();
  private final AtomicInteger guests = new AtomicInteger();
  private final AtomicInteger came = new AtomicInteger();
  private final Port port;

  /// Opens it on `address`; port 0 takes a free one.
  ///
  /// @param sockets of all lanes, in their order
  /// @param rate how fast one may speak
  /// @throws IOException if the address cannot be had
  public Relay(
      InetSocketAddress address,
      Lanes all,
      List<LaneSockets> sockets,
      SendRate.Limit rate,
      Clock clock)
      throws IOException {
    this.rate = rate;
    this.clock = clock;
    this.lanes =
        IntStream.range(0, sockets.size())
            .mapToObj(i -> new RelayLane(this, all.lane(i), sockets.get(i)))
            .toList();
    IdentityHashMap<LaneSockets, RelayLane> bySockets = new IdentityHashMap<>();
    lanes.forEach(lane -> bySockets.put(lane.sockets(), lane));
    this.port =
        Port.open(
            address,
            all,
            sockets,
            (channel, of) -> {
              RelayLane lane = bySockets.get(of);
              if (lane != null) {
                channel.pipeline().addLast(new RelayHandler(this, lane, channel));
              }
            });
    lanes.forEach(lane -> lane.lane().execute(lane::start));
  }

  public InetSocketAddress address() {
    return port.address();
  }

  SendRate.Limit rate() {
    return rate;
  }

  Clock clock() {
    return clock;
  }

  /// Lets one more in; `false` if there is no place. Who was let in leaves once.
  boolean enter() {
    if (guests.incrementAndGet() > GUESTS_MAX) {
      guests.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave(String name) {
    names.remove(name);
    guests.decrementAndGet();
  }

  /// A first name for `guest`, which nobody has.
  String nameFor(RelayHandler guest) {
    String name = "guest-" + came.incrementAndGet();
    while (names.putIfAbsent(name, guest) != null) {
      name = "guest-" + came.incrementAndGet();
    }
    return name;
  }

  /// Takes a name for `guest`; `false` if somebody has it.
  boolean take(String name, RelayHandler guest) {
    return names.putIfAbsent(name, guest) == null;
  }

  void giveBack(String name) {
    names.remove(name);
  }

  Optional<RelayHandler> find(String name) {
    return Optional.ofNullable(names.get(name));
  }

  /// All names, in order.
  List<String> who() {
    return List.copyOf(new TreeSet<>(names.keySet()));
  }

  /// Passes a line on to everybody but `author`, on every lane.
  void tellOthers(RelayLane here, RelayHandler author, String line) {
    here.tell(author, line);
    for (RelayLane other : lanes) {
      if (other != here) {
        other.lane().execute(() -> other.tell(null, line));
      }
    }
  }

  /// Accepts nobody any more and bids farewell to those who are there.
  @Override
  public void close() {
    port.close();
    lanes.forEach(lane -> lane.lane().execute(lane::end));
  }
}
