package dev.tidings.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import dev.tidings.running.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The plain relay, as two with `nc` see it, and as those see it who speak JSON beside them.
class RelayTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment().withRelay();

  /// Somebody whose first words are his name.
  private static Wire guest(String name) {
    Wire wire = SERVER.relay();
    assertThat(wire.line()).startsWith("* you are guest-");
    wire.write("/name " + name + "\n");
    String line = wire.line();
    while (!line.startsWith("* you are ")) {
      line = wire.line();
    }
    assertThat(line).isEqualTo("* you are " + name);
    return wire;
  }

  /// What comes next, but for who took which name.
  private static String heard(Wire wire) {
    String line = wire.line();
    while (line.matches("\\* \\S+ is \\S+ now")) {
      line = wire.line();
    }
    return line;
  }

  @Test
  void whatOneWritesAllOthersRead() {
    Wire ann = SERVER.relay();
    String name = ann.line().replaceAll("\\* you are (guest-\\d+)\\. .*", "$1");
    Wire bob = guest("bob");
    Wire eve = guest("eve");
    ann.write("hi\nhow are you?\r\n");
    for (Wire each : List.of(bob, eve)) {
      assertThat(heard(each)).isEqualTo(name + ": hi");
      assertThat(heard(each)).isEqualTo(name + ": how are you?");
    }
    bob.write("fine");
    bob.endOurSide(); // no line end: the end of the stream is one
    for (Wire each : List.of(ann, eve)) {
      assertThat(heard(each)).as("and nothing of her own").isEqualTo("bob: fine");
    }
  }

  @Test
  void aNameIsTakenOnceAndGivenBack() {
    Wire ann = guest("ann.1");
    Wire bob = SERVER.relay();
    assertThat(bob.line()).startsWith("* you are guest-");
    bob.write("/name ann.1\n");
    assertThat(heard(bob)).isEqualTo("* ann.1 is somebody else");
    for (String wrong :
        new String[] {"/name", "/name a b", "/name a:b", "/name " + "x".repeat(33)}) {
      bob.write(wrong + "\n");
      assertThat(bob.line()).startsWith("* a name has 1 to 32 letters");
    }
    ann.write("/name ann.2\n");
    assertThat(ann.line()).isEqualTo("* you are ann.2");
    assertThat(bob.line()).isEqualTo("* ann.1 is ann.2 now");
    bob.write("/name ann.1\n");
    assertThat(bob.line()).isEqualTo("* you are ann.1");
  }

  @Test
  void oneMayAskWhoIsThere() {
    Wire ann = guest("who.1");
    guest("who.2");
    ann.write("/who\n");
    assertThat(heard(ann)).startsWith("* ").contains("who.1, who.2");
    for (String unknown : new String[] {"/nick x", "/", "//", "/name/"}) {
      ann.write(unknown + "\n");
      assertThat(heard(ann)).isEqualTo("* /name NAME, /who, @NAME text for one alone");
    }
  }

  @Test
  void aPrivateLineReachesOneAlone() {
    Wire ann = guest("priv.1");
    Wire bob = guest("priv.2");
    Wire eve = guest("priv.3");
    ann.write("@priv.2 between us\n@nobody hi\n@priv.2\nfor all\n");
    assertThat(heard(bob)).isEqualTo("priv.1 to you: between us");
    assertThat(heard(bob)).isEqualTo("priv.1: for all");
    assertThat(heard(eve)).isEqualTo("priv.1: for all");
    assertThat(heard(ann)).isEqualTo("* nobody here is nobody");
    assertThat(heard(ann)).startsWith("* /name NAME");
  }

  @Test
  void whoSpeaksJsonTakesPart() {
    Wire ann = guest("mixed");
    LineSpeaker carol = SERVER.line("carol");
    assertThat(carol.ask("{\"op\":\"sub\",\"in\":\"t:relay\"}").op()).isEqualTo("ok");
    ann.write("say \"hi\"\n");
    Unit said = carol.next("msg");
    assertThat(said.text("in")).isEqualTo("t:relay");
    assertThat(said.text("from")).isEqualTo("relay");
    assertThat(said.line()).contains("\"data\":{\"name\":\"mixed\",\"text\":\"say \\\"hi\\\"\"}");

    String[][] all = {
      {"\"hello\"", "hello"},
      {"{\"text\":\"caf\\u00e9\",\"lang\":\"fr\"}", "café"},
      {"{\"x\":[1,2]}", "{\"x\":[1,2]}"},
      {"4.5", "4.5"},
      {"\"a\\nmixed: not said by her \\u001b[2J\"", "a mixed: not said by her ?[2J"},
    };
    for (String[] each : all) {
      carol.say("{\"op\":\"send\",\"to\":\"t:relay\",\"data\":" + each[0] + "}");
      assertThat(heard(ann)).isEqualTo("u:carol: " + each[1]);
    }
  }

  @Test
  void nothingThatMovesACursorIsPassedOn() {
    Wire ann = guest("calm.1");
    Wire bob = guest("calm.2");
    ann.write("\u001b[2J\u001b]0;title\u0007 red\u009b31m \u202etxt\u2066 a\tb\u2028c\rd ☕👩‍💻\n");
    assertThat(heard(bob)).isEqualTo("calm.1: ?[2J?]0;title? red?31m ?txt? a b c d ☕👩‍💻");
  }

  @Test
  void whatIsNoLineIsNotPassedOn() {
    Wire ann = guest("odd.1");
    Wire bob = guest("odd.2");
    ann.write(new byte[] {'a', (byte) 0xFF, '\n'});
    assertThat(heard(ann)).isEqualTo("* that is no UTF-8");
    ann.write("x".repeat(5_000));
    assertThat(heard(ann)).isEqualTo("* a line has at most 4096 bytes");
    ann.write("x".repeat(5_000) + "\n\n  \n\r\n");
    ann.write("x".repeat(4_096) + "\r\n");
    assertThat(heard(bob)).isEqualTo("odd.1: " + "x".repeat(4_096));
  }

  @Test
  void whoIsTooFastIsToldAndNotPassedOn() {
    Wire ann = guest("fast.1");
    Wire bob = guest("fast.2");
    ann.write("again\n".repeat(1_000));
    assertThat(heard(ann)).isEqualTo("* too fast: what you say now is not passed on");
    ann.endOurSide();
    assertThat(new String(ann.readToEnd(), UTF_8))
        .as("told once, or seldom")
        .hasSizeLessThan(1_000);
    guest("fast.3").write("over\n");
    int again = 0;
    String line = heard(bob);
    while (!line.equals("fast.3: over")) {
      assertThat(line).isEqualTo("fast.1: again");
      again++;
      line = heard(bob);
    }
    assertThat(again).isBetween(150, 400);
  }

  @Test
  void whoComesWhenItIsFullIsToldSo() {
    List<Wire> all = new ArrayList<>();
    String first = "";
    while (!first.startsWith("* there is no room")) {
      assertThat(all.size()).isLessThanOrEqualTo(Relay.GUESTS_MAX);
      Wire next = SERVER.relay();
      first = next.line();
      all.add(next);
    }
    all.getLast().assertEnds();
    all.getFirst().write("still here\n");
    assertThat(heard(all.get(1))).endsWith(": still here");
  }
}
