package dev.tidings.transport;

import dev.tidings.lane.Io;
import dev.tidings.protocol.Command;
import dev.tidings.session.Session;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.List;

/// Units as server-sent events, behind the head of a response that only the end of the connection
/// ends. What the peer wanted to be told of stood in its request; it says nothing more here, and
/// what still comes in is dropped.
public final class EventStreamHandler extends SessionHandler {
  /// The id that tells a browser which comes back that it was asked to stay away.
  public static final String STOP = EventBytes.STOP;

  /// A peer that acknowledges nothing for so long is gone: it cannot be asked whether it lives. A
  /// little more than the time after which one that takes nothing is closed (docs/protocol.md §14).
  private static final int UNACKNOWLEDGED_MILLIS_MAX = 90_000;

  /// Units that a stream begins with, as if the peer had sent them.
  ///
  /// @param since the cursor that it was told last, `""` for none
  /// @param units requests, each without a line end
  public record Opening(Command.Auth auth, String since, List<byte[]> units) {}

  private final SocketConnection connection;
  private final Session session;
  private final ArrayDeque<byte[]> units;

  /// @param head of the response, with its empty line
  public EventStreamHandler(Channel channel, LaneSockets lane, String head, Opening opening) {
    super(lane);
    this.units = new ArrayDeque<>(opening.units());
    this.connection =
        new SocketConnection(
            channel,
            lane,
            SocketConnection.Form.EVENT,
            new SocketConnection.Handler() {
              @Override
              public void readOn() {
                takeUnits();
              }

              @Override
              public void drained() {
                lane.hub().drained(session());
              }
            });
    Io.endUnacknowledged(channel, UNACKNOWLEDGED_MILLIS_MAX);
    connection.write(EventBytes.text(head + ": tidings\n"));
    connection.write(EventBytes.retry(channel, false));
    this.session = lane.hub().opened(connection, opening.auth(), opening.since());
  }

  @Override
  Session session() {
    return session;
  }

  /// The requests that it came with, each when the session wants another.
  private void takeUnits() {
    while (!units.isEmpty() && !session.isHeldBack() && !connection.isEnding()) {
      byte[] unit = units.remove();
      lane.hub().receive(session, unit, 0, unit.length);
    }
    if (units.isEmpty()) {
      lane.hub().begun(session);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  void drop() {
    units.clear();
  }
}
