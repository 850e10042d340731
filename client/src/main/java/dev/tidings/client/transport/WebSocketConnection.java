package dev.tidings.client.transport;

import dev.tidings.client.core.Dialer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One WebSocket connection. The next frame is asked for when the lane has worked off the last one,
/// so a flood waits in the socket.
final class WebSocketConnection implements Dialer.Line, WebSocket.Listener {
  private static final int MESSAGE_CHARS_MAX = 1 << 20;

  private final EventsOnLane events;
  private final StringBuilder message = new StringBuilder();
  private final WriteQueue writes = new WriteQueue();

  /// Guarded by this: the socket once it is open, whether a frame is being written, whether it is
  /// over.
  private @Nullable WebSocket socket;

  private boolean writing;
  private boolean closed;

  WebSocketConnection(EventsOnLane events) {
    this.events = events;
  }

  void open(HttpClient http, URI server, Duration connectMax) {
    var _ =
        http.newWebSocketBuilder()
            .connectTimeout(connectMax)
            .buildAsync(server, this)
            .whenComplete((opened, failure) -> {
              if (failure != null) {
                events.closed(Dialer.Events.BROKEN, failure.toString());
              }
            });
  }

  @Override
  public void onOpen(WebSocket opened) {
    synchronized (this) {
      if (closed) {
        opened.abort();
        return;
      }
      socket = opened;
    }
    events.opened();
    opened.request(1);
  }

  @Override
  public void send(String unit) {
    if (!writes.offer(unit)) {
      abort("the server does not read");
    } else {
      write();
    }
  }

  /// The JDK's socket takes one frame at a time.
  private void write() {
    WebSocket open;
    String unit;
    synchronized (this) {
      open = socket;
      if (open == null || writing) {
        return;
      }
      unit = writes.poll();
      if (unit == null) {
        return;
      }
      writing = true;
    }
    var _ =
        open.sendText(unit, true)
            .whenComplete((_, failure) -> {
              synchronized (this) {
                writing = false;
              }
              if (failure != null) {
                abort(failure.toString());
              } else {
                write();
              }
            });
  }

  /// Says good-bye if the socket takes it, and does not wait for the answer.
  @Override
  public void close() {
    events.end();
    writes.end();
    WebSocket open;
    synchronized (this) {
      closed = true;
      open = socket;
    }
    if (open != null) {
      var _ = open.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((_, _) -> open.abort());
    }
  }

  private void abort(String reason) {
    writes.end();
    WebSocket open;
    synchronized (this) {
      closed = true;
      open = socket;
    }
    if (open != null) {
      open.abort();
    }
    events.closed(Dialer.Events.BROKEN, reason);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    message.append(part);
    if (message.length() > MESSAGE_CHARS_MAX) {
      abort("a message without end");
    } else if (last) {
      String whole = message.toString();
      message.setLength(0);
      events.received(whole, () -> from.request(1));
    } else {
      from.request(1);
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    events.closed(code, reason);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    abort(failure.toString());
  }
}
