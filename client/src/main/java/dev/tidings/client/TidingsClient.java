package dev.tidings.client;

import dev.tidings.client.core.Answer;
import dev.tidings.client.core.ClientCore;
import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import dev.tidings.client.model.ClientFailure;
import dev.tidings.client.model.ClientListener;
import dev.tidings.client.model.ClientOptions;
import dev.tidings.client.model.ClientState;
import dev.tidings.client.model.Entry;
import dev.tidings.client.model.Found;
import dev.tidings.client.model.History;
import dev.tidings.client.model.HistoryQuery;
import dev.tidings.client.model.Outgoing;
import dev.tidings.client.model.Positions;
import dev.tidings.client.model.SearchQuery;
import dev.tidings.client.model.Sent;
import dev.tidings.client.transport.Dialers;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/// A connection to Tidings that outlives its sockets: it comes back after every cut, repeats what
/// was not answered, and hands each entry to the application once and in order.
///
/// ```java
/// URI server = URI.create("ws://localhost:8080/v1/ws");
/// ClientListener listener =
///     new ClientListener() {
///       @Override
///       public void onEntry(Entry entry) {
///         entry.data().ifPresent(data -> IO.println(entry.in() + " " + data.text()));
///       }
///     };
/// try (TidingsClient client =
///     TidingsClient.connect(server, ClientOptions.ofUser("alice"), listener)) {
///   Sent sent = client.send("u:bob", Json.of("hi")).join();
///   IO.println("kept at level " + sent.level());
/// }
/// ```
///
/// Safe for use by any thread. All its threads are virtual, so a program that only listens has to
/// wait for [#closed]. Futures complete on threads of their own: they may be waited for anywhere,
/// also in a callback.
public final class TidingsClient implements AutoCloseable {
  private static final Set<String> OWN_OPS =
      Set.of("auth", "sync", "sub", "unsub", "signal", "ping", "pong");

  private final ThreadLane lane;
  private final ClientCore core;
  private final int requestsMax;
  private final AtomicInteger posted = new AtomicInteger();
  private final CompletableFuture<ClientState.Closed> closed = new CompletableFuture<>();

  private TidingsClient(
      List<URI> nodes, ClientOptions options, Positions positions, ClientListener listener) {
    requestsMax = options.requestsMax();
    lane = new ThreadLane(this::broken);
    Callbacks callbacks = new Callbacks(listener, positions, this::delivered, this::closedFor);
    core =
        new ClientCore(
            lane, Dialers.of(nodes, lane), callbacks, new SecureRandom(), options, positions);
    lane.execute(core::start);
    callbacks.start();
    lane.start();
  }

  /// Begins to connect and returns at once; how it goes is told to [ClientListener#onState].
  /// Requests may be made right away.
  ///
  /// @param server `ws://host:port/v1/ws`, `wss://host:port/v1/ws` or `tcp://host:port`
  /// @throws IllegalArgumentException if the server's address is not one of the known forms
  public static TidingsClient connect(URI server, ClientOptions options, ClientListener listener) {
    return connect(server, options, Positions.inMemory(), listener);
  }

  /// As [#connect(URI, ClientOptions, ClientListener)], but goes on where these positions end and
  /// keeps them up to date.
  public static TidingsClient connect(
      URI server, ClientOptions options, Positions positions, ClientListener listener) {
    return connect(List.of(server), options, positions, listener);
  }

  /// As [#connect(URI, ClientOptions, ClientListener)], to any of several nodes that are one
  /// server. Begins with one of them by chance, and goes on at another one when that one ends,
  /// cannot be reached or sends it away.
  ///
  /// @throws IllegalArgumentException if there is no address, or one is not of the known forms
  public static TidingsClient connect(
      List<URI> nodes, ClientOptions options, ClientListener listener) {
    return connect(nodes, options, Positions.inMemory(), listener);
  }

  /// As [#connect(List, ClientOptions, ClientListener)], with positions as in [#connect(URI,
  /// ClientOptions, Positions, ClientListener)].
  public static TidingsClient connect(
      List<URI> nodes, ClientOptions options, Positions positions, ClientListener listener) {
    return new TidingsClient(nodes, options, positions, listener);
  }

  /// Sends a payload; see [#send(Outgoing)].
  public CompletableFuture<Sent> send(String to, Json data) {
    return send(Outgoing.to(to, data));
  }

  /// Sends, and repeats by itself until the server has kept it once. Sends leave in the order of
  /// the calls, also when repeated. To a topic without log a repeat may arrive twice.
  ///
  /// Fails with a [ClientFailure]: refused for good, queue full, client closed, or outcome unknown
  /// because the server can no longer tell a repeat from a new message.
  public CompletableFuture<Sent> send(Outgoing outgoing) {
    ObjBuilder unit = Json.object().put("op", "send").putAll(outgoing.fields());
    return asked(answer -> core.request(unit.build(), answer), TidingsClient::sent);
  }

  /// Gives a message of mine another payload, repeated like a [#send].
  ///
  /// @param epoch of the log as the message's [Entry#epoch], so that no other message is touched
  public CompletableFuture<Sent> edit(String in, String epoch, long seq, Json data) {
    ObjBuilder unit = about("edit", in, epoch).put("seq", seq).put("data", data);
    return asked(answer -> core.request(unit.build(), answer), TidingsClient::sent);
  }

  /// Takes a message back, repeated like a [#send]: nobody reads any more what it said.
  public CompletableFuture<Sent> recall(String in, String epoch, long seq) {
    ObjBuilder unit = about("recall", in, epoch).put("seq", seq);
    return asked(answer -> core.request(unit.build(), answer), TidingsClient::sent);
  }

  /// Says that I have seen everything up to `seq`: to my other devices, to the other one of a
  /// private conversation, to the members of a small group.
  public CompletableFuture<Json.Obj> markRead(String in, String epoch, long seq) {
    return request(about("mark", in, epoch).put("read", seq).build());
  }

  /// Says that a device of mine has stored everything up to `seq`.
  public CompletableFuture<Json.Obj> markGot(String in, String epoch, long seq) {
    return request(about("mark", in, epoch).put("got", seq).build());
  }

  /// Says something for the moment, such as typing, if there is a connection. Nobody learns what
  /// became of it.
  public void signal(String to, Json data) {
    Json.Obj unit = Json.object().put("op", "signal").put("to", to).put("data", data).build();
    lane.execute(() -> core.say(unit));
  }

  /// Whether I want to be disturbed by a conversation; kept for all my devices.
  public CompletableFuture<Json.Obj> mute(String in, boolean muted) {
    return request(Json.object().put("op", "pref").put("in", in).put("mute", muted).build());
  }

  /// Whether the other one of a private conversation (`u:…`) may not send to me.
  public CompletableFuture<Json.Obj> block(String in, boolean blocked) {
    return request(Json.object().put("op", "pref").put("in", in).put("block", blocked).build());
  }

  private static ObjBuilder about(String op, String in, String epoch) {
    ObjBuilder unit = Json.object().put("op", op).put("in", in);
    return epoch.isEmpty() ? unit : unit.put("epoch", epoch);
  }

  /// Makes any other request of the protocol, repeated in the same way; the future has the server's
  /// `ok`.
  ///
  /// @param unit the unit without `id`; changes get a `cid` if it has none
  /// @throws IllegalArgumentException if the op belongs to the connection, which is the client's
  ///   own
  public CompletableFuture<Json.Obj> request(Json.Obj unit) {
    String op = unit.string("op").orElse("");
    if (op.isEmpty() || OWN_OPS.contains(op)) {
      throw new IllegalArgumentException("not a request for an application: '" + op + "'");
    }
    return asked(answer -> core.request(unit, answer), reply -> reply);
  }

  /// Reads a part of a log. What comes does not count as handed over.
  public CompletableFuture<History> history(HistoryQuery query) {
    ObjBuilder unit = Json.object().put("op", "history").put("in", query.in());
    query.after().ifPresent(seq -> unit.put("after", seq));
    query.before().ifPresent(seq -> unit.put("before", seq));
    unit.put("limit", query.limit());
    return asked(answer -> core.request(unit.build(), answer), TidingsClient::history);
  }

  /// Finds what was said. What comes does not count as handed over.
  public CompletableFuture<Found> search(SearchQuery query) {
    ObjBuilder unit = Json.object().put("op", "search").put("q", query.text());
    if (!query.in().isEmpty()) {
      unit.put("in", query.in());
    }
    if (!query.from().isEmpty()) {
      unit.put("from", query.from());
    }
    query.before().ifPresent(ts -> unit.put("before", ts));
    unit.put("limit", query.limit());
    if (!query.next().isEmpty()) {
      unit.put("next", query.next());
    }
    return asked(answer -> core.request(unit.build(), answer), TidingsClient::found);
  }

  /// What can be done with groups.
  public Groups groups() {
    return new Groups(this);
  }

  /// Hears a topic (`t:…`) or a presence (`p:…`) from now on, also over reconnects. A topic with
  /// log goes on where this client's position is, otherwise with the next entry.
  public CompletableFuture<Json.Obj> subscribe(String in) {
    return subscribe(in, 0);
  }

  /// As [#subscribe(String)], but where no position is held begins with the newest entries.
  public CompletableFuture<Json.Obj> subscribe(String in, int last) {
    return asked(answer -> core.subscribe(in, last, answer), reply -> reply);
  }

  /// Hears it no more, and forgets the position.
  public CompletableFuture<Json.Obj> unsubscribe(String in) {
    return asked(answer -> core.unsubscribe(in, answer), reply -> reply);
  }

  /// Completes when the client is closed for good, by [#close] or by the server's verdict, after
  /// the last callback.
  public CompletableFuture<ClientState.Closed> closed() {
    return closed.copy();
  }

  /// Closes and returns at once. Requests without answer fail.
  @Override
  public void close() {
    lane.execute(core::close);
  }

  private <T> CompletableFuture<T> asked(Consumer<Answer> ask, Function<Json.Obj, T> read) {
    FutureAnswer<T> answer = new FutureAnswer<>(read);
    // Counts only what the lane has not seen yet; from there on the core counts.
    if (posted.incrementAndGet() > requestsMax) {
      posted.decrementAndGet();
      answer.failed(new ClientFailure.QueueFull(requestsMax));
    } else {
      lane.execute(() -> {
        posted.decrementAndGet();
        ask.accept(answer);
      });
    }
    return answer.future();
  }

  private static Sent sent(Json.Obj ok) {
    return new Sent(
        ok.string("in").orElse(""),
        ok.string("epoch").orElse(""),
        ok.number("seq").orElse(0),
        ok.number("ts").orElse(0),
        ok.string("level").orElse(""),
        ok.isTrue("dup"));
  }

  private static History history(Json.Obj ok) {
    String in = ok.string("in").orElse("");
    String epoch = ok.string("epoch").orElse("");
    List<Entry> items =
        ok.objects("items").stream()
            .map(unit -> new Entry(in, epoch, unit.number("seq").orElse(0), unit))
            .toList();
    long low = ok.number("low").orElse(1);
    return new History(in, epoch, low, ok.number("head").orElse(0), ok.isTrue("more"), items);
  }

  private static Found found(Json.Obj ok) {
    List<Entry> items =
        ok.objects("items").stream()
            .map(unit ->
                new Entry(
                    unit.string("in").orElse(""),
                    unit.string("epoch").orElse(""),
                    unit.number("seq").orElse(0),
                    unit))
            .toList();
    boolean partly = ok.members().get("whole") instanceof Json.Bool(boolean whole) && !whole;
    return new Found(items, ok.string("next").orElse(""), !partly);
  }

  private void delivered(long weight) {
    lane.execute(() -> core.delivered(weight));
  }

  private void closedFor(ClientState.Closed last) {
    lane.end();
    closed.complete(last);
  }

  private void broken(Throwable failure) {
    core.fail(failure);
  }
}
