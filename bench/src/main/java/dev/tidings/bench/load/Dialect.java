package dev.tidings.bench.load;

import java.nio.ByteBuffer;

/// The language of a kind of server: how to come in, subscribe, publish, and tell a delivery.
///
/// The generator opens sockets, cuts what arrives into messages as [#wire] says, and calls this
/// from its one thread. An object of a dialect serves all connections of a run; what it must
/// remember of one is in [Link#step]. Nothing here may block.
///
/// **The life of a connection.** [#opened] as soon as the dialect may speak (after the handshake of
/// WebSocket, if there is one); then [#message] for each message that arrives. The dialect says
/// [Link#ready] once the connection can do what its seat is for, so a reader when its subscription
/// is confirmed; if the server confirms nothing, straight away. Nobody publishes before everybody
/// is ready.
///
/// **Deliveries.** [#publish] puts [Payload] into a message, byte for byte, wherever the server
/// passes it on. A message that arrives may hold one delivery, several or none; for each,
/// [Link#delivered] with where the payload begins. [Payload#find] finds it by its first bytes, at
/// once if it stands where it stood last time. `delivered` reads when it was due, its stream and
/// its number; counting what is lost, came twice or out of order is the generator's business.
///
/// A minimal one, for a server that subscribes at `S<room>` and passes on what follows `P<room> `:
///
/// ```java
/// final class Echo implements Dialect {
///   private int hint;
///
///   public Wire wire(Role role) { return Wire.webSocketText(); }
///
///   public void opened(Link link) {
///     if (link.seat().role() == Role.READER) {
///       link.out().text("S").number(link.seat().conversation());
///       link.send();
///     }
///     link.ready();
///   }
///
///   public void message(Link link, ByteBuffer in, int from, int to) {
///     int at = Payload.find(in, from, to, hint);
///     if (at >= 0) {
///       hint = at - from;
///       link.delivered(in, at);
///     }
///   }
///
///   public void publish(Link from, int conversation, long id, Payload payload) {
///     from.out().text("P").number(conversation).text(" ").payload(payload);
///     from.send();
///   }
/// }
/// ```
public interface Dialect {
  /// How bytes become messages on connections of this role.
  Wire wire(Role role);

  /// What a WebSocket asks for: path and query.
  default String path(Seat seat) {
    return "/";
  }

  /// Further lines for the handshake of a WebSocket, each ended by `\r\n`, for example
  /// `Sec-WebSocket-Protocol: mqtt\r\n`.
  default String headers(Seat seat) {
    return "";
  }

  /// The connection is open: say the first words.
  void opened(Link link);

  /// A whole message has come: the payload of a WebSocket message, a line without its line feed, a
  /// unit of the dialect's own framing.
  ///
  /// `in` is little-endian, holds other things before `from` and from `to` on, and is valid during
  /// the call only: look at it with absolute gets, change neither its content nor its position.
  void message(Link link, ByteBuffer in, int from, int to);

  /// Sends `payload` to `conversation`, in one message.
  ///
  /// @param id rises by one with each message of this connection, from 1. If the server
  ///   acknowledges, hand the number back with [Link#confirmed] or [Link#refused].
  void publish(Link from, int conversation, long id, Payload payload);

  /// Whether the server answers each [#publish], so that [Link#confirmed] or [Link#refused]
  /// follows.
  default boolean confirms() {
    return false;
  }

  /// Whether a reader can send on its own connection. If not, workloads in which readers speak get
  /// connections with [Role#SENDER] for it.
  default boolean readersSend() {
    return true;
  }

  /// Where readers cannot send: how many senders there are for so many conversations. One for each,
  /// if a sender can only send to the conversation of its seat; else fewer will do.
  default int senders(int conversations) {
    return conversations;
  }

  /// Whether a sender hears what it sends to the conversation that it reads.
  default boolean sendersHearThemselves() {
    return true;
  }
}
