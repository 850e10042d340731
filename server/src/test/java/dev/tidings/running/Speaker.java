package dev.tidings.running;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/// Somebody who speaks units by hand, over lines or over WebSocket, or who only hears them.
public abstract sealed class Speaker implements AutoCloseable
    permits LineSpeaker, WebSocketSpeaker, EventSpeaker {

  private final Deque<Unit> heard = new ArrayDeque<>();

  /// Says one unit, or several separated by line feeds, in one piece.
  public abstract void say(String units);

  /// Says bytes that need not be text.
  public abstract void say(byte[] units);

  /// The next unit from the socket.
  protected abstract Unit hear();

  /// The server has said its last: nothing but the transport's own goodbye comes, with `code` where
  /// the transport can tell one, and then the stream ends in order.
  protected abstract void assertEnded(int code);

  public abstract Wire wire();

  /// Says who he is and waits for the `welcome`.
  public Speaker as(String user) {
    auth("\"user\":\"" + user + "\"");
    return this;
  }

  /// Says `auth` with these fields and waits for the `welcome`.
  public final Unit auth(String fields) {
    Unit welcome = ask("{\"op\":\"auth\"," + fields + "}");
    assertThat(welcome.op()).as(welcome.line()).isEqualTo("welcome");
    return welcome;
  }

  /// The next unit, whatever it is.
  public final Unit next() {
    Unit before = heard.poll();
    return before == null ? hear() : before;
  }

  /// The next unit with this `op`; others wait until they are asked for.
  public final Unit next(String op) {
    for (Iterator<Unit> before = heard.iterator(); before.hasNext(); ) {
      Unit unit = before.next();
      if (unit.op().equals(op)) {
        before.remove();
        return unit;
      }
    }
    Unit unit = hear();
    while (!unit.op().equals(op)) {
      heard.add(unit);
      unit = hear();
    }
    return unit;
  }

  /// The next so many units with this `op`.
  public final List<Unit> next(String op, int count) {
    List<Unit> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      units.add(next(op));
    }
    return units;
  }

  /// Says one request and waits for its answer, as [#answer()].
  public final Unit ask(String unit) {
    say(unit);
    return answer();
  }

  /// The next unit that is no `msg`; those wait until they are asked for.
  public final Unit answer() {
    Unit answer = next();
    Deque<Unit> messages = new ArrayDeque<>();
    while (answer.op().equals("msg")) {
      messages.add(answer);
      answer = next();
    }
    while (!messages.isEmpty()) {
      heard.addFirst(messages.removeLast());
    }
    return answer;
  }

  /// The next answer is `err` with this code.
  public final Unit assertErr(String code) {
    Unit err = answer();
    assertThat(err.op()).as(err.line()).isEqualTo("err");
    assertThat(err.text("code")).as(err.line()).isEqualTo(code);
    return err;
  }

  /// What comes next is `bye`, and behind it the end, in order.
  public final Unit assertBye(String code, int close) {
    Unit bye = next("bye");
    assertThat(bye.text("code")).as(bye.line()).isEqualTo(code);
    assertThat(bye.number("close")).as(bye.line()).isEqualTo(close);
    assertThat(heard).as("what was said beside").isEmpty();
    assertEnded(close);
    return bye;
  }

  @Override
  public final void close() {
    wire().close();
  }
}
