package peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.tio.core.ChannelContext;
import org.tio.core.Tio;
import org.tio.http.common.HttpRequest;
import org.tio.http.common.HttpResponse;
import org.tio.websocket.common.WsRequest;
import org.tio.websocket.common.WsResponse;
import org.tio.websocket.server.WsServerStarter;
import org.tio.websocket.server.handler.IWsMsgHandler;

/** `sub ROOM` enters a room, a group of t-io, and is answered by `ok`; `pub ROOM text` sends the text to the group. */
public final class Rooms implements IWsMsgHandler {
  private static final int VERB = "sub ".length();
  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  public static void main(String[] args) throws IOException {
    WsServerStarter server = new WsServerStarter(Integer.parseInt(args[0]), new Rooms());
    server.getTioServerConfig().setHeartbeatTimeout(0);
    server.start();
  }

  @Override
  public Object onText(WsRequest request, String text, ChannelContext connection) {
    if (text.startsWith("pub ")) {
      int space = text.indexOf(' ', VERB);
      WsResponse out = WsResponse.fromText(text.substring(space + 1), UTF_8);
      Tio.sendToGroup(connection.tioConfig, text.substring(VERB, space), out);
      return null;
    }
    Tio.bindGroup(connection, text.substring(VERB));
    return WsResponse.fromText("ok", UTF_8);
  }

  @Override
  public HttpResponse handshake(HttpRequest request, HttpResponse response, ChannelContext connection) {
    return response;
  }

  @Override
  public void onAfterHandshaked(HttpRequest request, HttpResponse response, ChannelContext connection) {}

  @Override
  public Object onBytes(WsRequest request, byte[] bytes, ChannelContext connection) {
    return null;
  }

  @Override
  public Object onClose(WsRequest request, byte[] bytes, ChannelContext connection) {
    Tio.remove(connection, "closed");
    return null;
  }
}
