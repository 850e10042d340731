package peer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;

/** A WebSocket at /ws that knows rooms. */
@SpringBootApplication
@EnableWebSocket
public class Application implements WebSocketConfigurer {
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @Override
  public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
    registry.addHandler(new Rooms(), "/ws").setAllowedOriginPatterns("*");
  }
}
