package peer;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.ConcurrentWebSocketSessionDecorator;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * `sub ROOM` enters a room and is answered by `ok`; `pub ROOM text` sends the text to everybody in it.
 *
 * <p>Sessions are wrapped as Spring's manual advises: a WebSocketSession must not be written to by several threads.
 */
final class Rooms extends TextWebSocketHandler {
  private static final int SEND_LIMIT_MILLIS = 60_000;
  private static final int WAITING_BYTES_MAX = 64 << 20;
  private static final int VERB = "sub ".length();

  private final Map<String, Set<WebSocketSession>> rooms = new ConcurrentHashMap<>();

  /** Of one session. */
  private record Place(String room, WebSocketSession session) {}

  private final Map<String, Place> places = new ConcurrentHashMap<>();

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage message)
      throws IOException {
    String text = message.getPayload();
    if (text.startsWith("pub ")) {
      int space = text.indexOf(' ', VERB);
      TextMessage out = new TextMessage(text.substring(space + 1));
      for (WebSocketSession member : rooms.getOrDefault(text.substring(VERB, space), Set.of())) {
        member.sendMessage(out);
      }
    } else {
      leave(session);
      String room = text.substring(VERB);
      WebSocketSession safe =
          new ConcurrentWebSocketSessionDecorator(session, SEND_LIMIT_MILLIS, WAITING_BYTES_MAX);
      rooms.computeIfAbsent(room, unused -> ConcurrentHashMap.newKeySet()).add(safe);
      places.put(session.getId(), new Place(room, safe));
      safe.sendMessage(new TextMessage("ok"));
    }
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    leave(session);
  }

  @Override
  public void handleTransportError(WebSocketSession session, Throwable exception) {
    leave(session);
  }

  private void leave(WebSocketSession session) {
    Place place = places.remove(session.getId());
    if (place != null) {
      rooms.get(place.room()).remove(place.session());
    }
  }
}
