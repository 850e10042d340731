package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Gap;
import dev.tidings.client.model.Positions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One client core with a wire, a clock and an application that the test holds in its hands.
final class Story implements Outlet {
  static final String WELCOME =
      "{\"op\":\"welcome\",\"v\":1,\"user\":\"alice\",\"conn\":\"c1\",\"ping\":25,\"ts\":1000,"
          + "\"max\":{\"frame\":65536,\"data\":32768,\"inflight\":64,\"dedupe\":172800}}";

  final FakeLane lane = new FakeLane();
  final FakeWire wire;
  final ClientCore core;
  final Positions positions;
  final List<Delivery> deliveries = new ArrayList<>();

  private final Deque<Delivery> untaken = new ArrayDeque<>();
  private boolean takesNothing;

  Story() {
    this(ClientOptions.ofUser("alice"));
  }

  Story(ClientOptions options) {
    this(options, Positions.inMemory());
  }

  Story(ClientOptions options, Positions positions) {
    this(options, positions, 1);
  }

  private Story(ClientOptions options, Positions positions, int nodes) {
    this.positions = positions;
    wire = new FakeWire(lane);
    List<Dialer> dialers = IntStream.range(0, nodes).mapToObj(wire::node).toList();
    core = new ClientCore(lane, dialers, this, new Random(7), options, positions);
  }

  /// With so many nodes to choose from.
  static Story of(int nodes) {
    return new Story(ClientOptions.ofUser("alice"), Positions.inMemory(), nodes);
  }

  @Override
  public void hand(Delivery delivery) {
    untaken.add(delivery);
    lane.execute(this::take);
  }

  private void take() {
    while (!takesNothing && !untaken.isEmpty()) {
      Delivery delivery = untaken.remove();
      deliveries.add(delivery);
      delivery.store(positions);
      core.delivered(delivery.weight());
    }
  }

  /// The application blocks in its next callback.
  void applicationStops() {
    takesNothing = true;
  }

  void applicationGoesOn() {
    takesNothing = false;
    lane.execute(this::take);
    lane.settle();
  }

  /// Starts the core and lets the first connection open.
  FakeWire.Connection starts() {
    core.start();
    lane.settle();
    return opens();
  }

  /// Opens the newest connection and takes its `auth`.
  FakeWire.Connection opens() {
    FakeWire.Connection connection = wire.last();
    connection.opens();
    connection.next("auth");
    return connection;
  }

  /// A first connection, welcomed; the `sync` is still to be answered.
  FakeWire.Connection welcomed() {
    FakeWire.Connection connection = starts();
    connection.says(WELCOME);
    return connection;
  }

  /// A first connection whose `sync` brought these rows.
  FakeWire.Connection live(String rows) {
    FakeWire.Connection connection = welcomed();
    synced(connection, rows);
    return connection;
  }

  void synced(FakeWire.Connection connection, String rows) {
    connection.ok(connection.next("sync"), "\"cursor\":\"k1\",\"convs\":[" + rows + "]");
  }

  /// Lets the backoff pass until the client has dialled again, and welcomes it.
  FakeWire.Connection comesBack() {
    int before = wire.dialled();
    for (int second = 0; second < 60 && wire.dialled() == before; second++) {
      lane.advance(1000);
    }
    FakeWire.Connection connection = opens();
    connection.says(WELCOME);
    return connection;
  }

  Result sends(String to, String text) {
    return asks(Json.object().put("op", "send").put("to", to).put("data", text).build());
  }

  Result asks(Json.Obj unit) {
    Result result = new Result();
    core.request(unit, result);
    lane.settle();
    return result;
  }

  Result subscribes(String in, int last) {
    Result result = new Result();
    core.subscribe(in, last, result);
    lane.settle();
    return result;
  }

  /// The numbers of the entries handed over, of one conversation.
  List<Long> heard(String in) {
    lane.settle();
    return entries().filter(entry -> entry.in().equals(in)).map(Entry::seq).toList();
  }

  Stream<Entry> entries() {
    return deliveries.stream()
        .filter(Delivery.Arrived.class::isInstance)
        .map(delivery -> ((Delivery.Arrived) delivery).entry());
  }

  List<Gap> gaps() {
    lane.settle();
    return deliveries.stream()
        .filter(Delivery.Broken.class::isInstance)
        .map(delivery -> ((Delivery.Broken) delivery).gap())
        .toList();
  }

  ClientState state() {
    lane.settle();
    return deliveries.stream()
        .filter(Delivery.Changed.class::isInstance)
        .map(delivery -> ((Delivery.Changed) delivery).state())
        .reduce((_, newest) -> newest)
        .orElseThrow();
  }

  static String msg(String in, long seq) {
    return "{\"op\":\"msg\",\"in\":\"" + in + "\"," + item(seq).substring(1);
  }

  static String item(long seq) {
    return "{\"seq\":" + seq + ",\"from\":\"bob\",\"data\":\"e" + seq + "\",\"ts\":" + seq + "}";
  }

  /// Entries from `first` to `last`, as in `items` or `tail`.
  static String items(long first, long last) {
    StringBuilder items = new StringBuilder("[");
    for (long seq = first; seq <= last; seq++) {
      items.append(seq == first ? "" : ",").append(item(seq));
    }
    return items.append(']').toString();
  }

  static String row(String in, String epoch, long low, long head) {
    return "{\"in\":\""
        + in
        + "\",\"epoch\":\""
        + epoch
        + "\",\"low\":"
        + low
        + ",\"head\":"
        + head
        + "}";
  }

  static String page(String epoch, long low, long head, long first, long last) {
    return "\"epoch\":\""
        + epoch
        + "\",\"low\":"
        + low
        + ",\"head\":"
        + head
        + ",\"more\":"
        + (last < head)
        + ",\"items\":"
        + items(first, last);
  }

  /// The outcome of a request.
  static final class Result implements Answer {
    private Optional<Json.Obj> reply = Optional.empty();
    private Optional<ClientFailure> failure = Optional.empty();

    @Override
    public void ok(Json.Obj newReply) {
      if (isDone()) {
        throw new AssertionError("answered twice");
      }
      reply = Optional.of(newReply);
    }

    @Override
    public void failed(ClientFailure newFailure) {
      if (isDone()) {
        throw new AssertionError("answered twice");
      }
      failure = Optional.of(newFailure);
    }

    boolean isDone() {
      return reply.isPresent() || failure.isPresent();
    }

    Json.Obj reply() {
      return reply.orElseThrow();
    }

    ClientFailure failure() {
      return failure.orElseThrow();
    }
  }
}
