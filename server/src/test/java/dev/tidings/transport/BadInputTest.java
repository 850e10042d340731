package dev.tidings.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.Unit;
import java.util.Locale;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What nobody should say, over lines and over WebSocket: each gets the answer of docs/protocol.md.
/// That the connections of others do not notice is looked at after each story ([RunningServer]).
class BadInputTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  /// How the units travel.
  enum Transport {
    LINES {
      @Override
      Speaker guest() {
        return SERVER.line();
      }
    },
    WEB_SOCKET {
      @Override
      Speaker guest() {
        return SERVER.webSocket();
      }
    };

    abstract Speaker guest();

    Speaker user(String name) {
      return guest().as(name);
    }
  }

  private static void assertStillAnswers(Speaker speaker) {
    Unit pong = speaker.ask("{\"op\":\"ping\",\"id\":\"still\"}");
    assertThat(pong.op()).isEqualTo("pong");
    assertThat(pong.text("id")).isEqualTo("still");
  }

  /// Units that are refused, and the connection goes on.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "bad_json | {",
        "bad_json | {\"op\":\"ping\"",
        "bad_json | {\"op\":\"ping\"}}",
        "bad_json | {\"op\":\"ping\"} {\"op\":\"ping\"}",
        "bad_json | {\"a\":1]",
        "bad_json | {op:\"ping\"}",
        "bad_json | {'op':'ping'}",
        "bad_json | {\"op\":\"ping\",}",
        "bad_json | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":01}",
        "bad_json | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":NaN}",
        "bad_json | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":\"\\x\"}",
        "bad_json | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":\"a\u0001b\"}",
        "bad_json | ` [{\"op\":\"ping\"}]`",
        "bad_json | ` \"ping\"`",
        "bad_json | ` null`",
        "bad_request | {}",
        "bad_request | {\"op\":null}",
        "bad_request | {\"op\":5}",
        "bad_request | {\"op\":[\"ping\"]}",
        "bad_request | {\"op\":\"send\",\"data\":1}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:bob\"}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":null}",
        "bad_request | {\"op\":\"send\",\"to\":5,\"data\":1}",
        "bad_request | {\"op\":\"send\",\"to\":\"bob\",\"data\":1}",
        "bad_request | {\"op\":\"send\",\"to\":\"x:bob\",\"data\":1}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:\",\"data\":1}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:b b\",\"data\":1}",
        "bad_request | {\"op\":\"send\",\"to\":\"p:bob\",\"data\":1}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":1,\"cid\":{}}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":1,\"cid\":\"\"}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":1,\"id\":1.5}",
        "bad_request | {\"op\":\"send\",\"to\":\"u:bob\",\"data\":1,\"id\":9007199254740992}",
        "bad_request | {\"op\":\"history\",\"in\":\"u:bob\",\"after\":-1}",
        "bad_request | {\"op\":\"history\",\"in\":\"u:bob\",\"limit\":0}",
        "bad_request | {\"op\":\"history\",\"in\":\"u:bob\",\"limit\":\"10\"}",
        "bad_request | {\"op\":\"sync\",\"tail\":21}",
        "bad_request | {\"op\":\"sub\",\"in\":\"u:bob\"}",
        "bad_request | {\"op\":\"sub\",\"in\":\"t:x\",\"after\":1,\"last\":1}",
        "bad_request | {\"op\":\"group\",\"in\":\"g:x\",\"do\":\"conquer\"}",
        "bad_request | {\"op\":\"group\",\"in\":\"g:x\",\"do\":\"add\",\"who\":\"bob\"}",
        "unknown_op | {\"op\":\"\"}",
        "unknown_op | {\"op\":\"PING\"}",
        "unknown_op | {\"op\":\"teleport\",\"in\":\"u:bob\"}",
        "bad_request | {\"op\":\"edit\",\"in\":\"u:bob\",\"data\":1}",
        "bad_request | {\"op\":\"edit\",\"in\":\"u:bob\",\"seq\":0,\"data\":1}",
        "bad_request | {\"op\":\"edit\",\"in\":\"u:bob\",\"seq\":1}",
        "bad_request | {\"op\":\"recall\",\"in\":\"p:bob\",\"seq\":1}",
        "bad_request | {\"op\":\"recall\",\"in\":\"u:bob\",\"seq\":\"1\"}",
        "bad_request | {\"op\":\"signal\",\"to\":\"t:x\",\"data\":1}",
        "bad_request | {\"op\":\"signal\",\"to\":\"u:bob\"}",
        "not_found | {\"op\":\"edit\",\"in\":\"u:nobody\",\"seq\":1,\"data\":1}",
        "not_found | {\"op\":\"recall\",\"in\":\"g:nowhere\",\"seq\":1}",
        "not_found | {\"op\":\"signal\",\"to\":\"g:nowhere\",\"data\":1}",
        "forbidden | {\"op\":\"edit\",\"in\":\"a:all\",\"seq\":1,\"data\":1}",
        "off | {\"op\":\"recall\",\"in\":\"t:passing\",\"seq\":1}",
        "not_found | {\"op\":\"send\",\"to\":\"g:nowhere\",\"data\":1}",
        "not_found | {\"op\":\"history\",\"in\":\"g:nowhere\"}",
        "not_found | {\"op\":\"group\",\"in\":\"g:nowhere\",\"do\":\"join\"}",
        "not_found | {\"op\":\"sub\",\"in\":\"p:nobody\"}",
        "forbidden | {\"op\":\"send\",\"to\":\"a:all\",\"data\":1}",
        "forbidden | {\"op\":\"send\",\"as\":\"eve\",\"to\":\"u:bob\",\"data\":1}",
        "forbidden | {\"op\":\"auth\",\"user\":\"somebody.else\"}",
        "off | {\"op\":\"history\",\"in\":\"t:passing\"}",
        "cursor | {\"op\":\"sync\",\"since\":\"what\"}",
      })
  void isRefusedWithItsCode(String code, String unit) {
    for (Transport transport : Transport.values()) {
      Speaker mallory = transport.user("mallory");
      mallory.say(unit);
      Unit err = mallory.assertErr(code);
      assertThat(err.text("msg")).isNotBlank();
      assertThat(err.has("retry")).as("asking again does not help").isFalse();
      assertStillAnswers(mallory);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGroupThatOneIsNotInTellsOnlyWhatOneMayKnow(Transport transport) {
    String name = transport.name().toLowerCase(Locale.ROOT);
    Speaker owner = transport.user("owner");
    owner.say(
        "{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:open-%s\",\"join\":\"open\"}"
            .formatted(name));
    assertThat(owner.next("ok").number("seq")).isEqualTo(1);
    owner.say("{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:shut-%s\"}".formatted(name));
    assertThat(owner.next("ok").number("seq")).isEqualTo(1);
    Speaker mallory = transport.user("mallory");
    for (String op : new String[] {"\"send\",\"data\":1,\"to\"", "\"history\",\"in\""}) {
      mallory.say("{\"op\":" + op + ":\"g:open-" + name + "\"}");
      mallory.assertErr("not_member");
      mallory.say("{\"op\":" + op + ":\"g:shut-" + name + "\"}");
      mallory.assertErr("not_found");
    }
    assertStillAnswers(mallory);
  }

  @ParameterizedTest
  @EnumSource
  void aDepthBombIsBadJson(Transport transport) {
    Speaker mallory = transport.user("mallory");
    String head = "{\"op\":\"send\",\"to\":\"u:mallory\",\"data\":";
    mallory.say(head + "[".repeat(60_000));
    mallory.assertErr("bad_json");
    mallory.say(head + "[".repeat(32) + "]".repeat(32) + "}");
    mallory.assertErr("bad_json");
    mallory.say(head + "[".repeat(31) + "]".repeat(31) + "}");
    assertThat(mallory.answer().op()).as("so deep is allowed").isEqualTo("ok");
  }

  @ParameterizedTest
  @EnumSource
  void fiveUnitsInARowThatAreNoJsonEndTheConnection(Transport transport) {
    Speaker mallory = transport.user("mallory");
    mallory.say("{1}\n{2}\n{3}\n{4}\n{\"op\":\"nonsense\"}\n{1}\n{2}\n{3}\n{4}");
    for (String code :
        "bad_json bad_json bad_json bad_json unknown_op bad_json bad_json bad_json bad_json"
            .split(" ", -1)) {
      mallory.assertErr(code);
    }
    mallory.say("{5}\n{\"op\":\"ping\",\"id\":\"too late\"}");
    mallory.assertErr("bad_json");
    mallory.assertBye("protocol", 4501);
  }

  @ParameterizedTest
  @EnumSource
  void sixtyFourKibibytesAreAUnit(Transport transport) {
    Speaker mallory = transport.user("mallory");
    mallory.say(padded(64 * 1024));
    assertThat(mallory.next().op()).isEqualTo("pong");
  }

  @ParameterizedTest
  @EnumSource
  void oneByteMoreEndsTheConnection(Transport transport) {
    Speaker mallory = transport.user("mallory");
    mallory.say(padded(64 * 1024 + 1));
    mallory.assertBye("too_large", 4502);
  }

  /// A `ping` of so many bytes.
  private static String padded(int bytes) {
    String head = "{\"op\":\"ping\",\"x_padding\":\"";
    return head + "x".repeat(bytes - head.length() - 2) + "\"}";
  }

  @ParameterizedTest
  @EnumSource
  void aGuestIsToldToAuthAndMayStillDoIt(Transport transport) {
    Speaker guest = transport.guest();
    guest.say("{\"op\":\"send\",\"id\":1,\"to\":\"u:bob\",\"data\":1}");
    Unit err = guest.assertErr("unauthorized");
    assertThat(err.number("id")).isEqualTo(1);
    guest.say("{\"op\":\"auth\",\"user\":\"not a name\"}");
    guest.assertErr("bad_request");
    guest.as("late");
    assertStillAnswers(guest);
  }

  @ParameterizedTest
  @EnumSource
  void aGuestWhoFloodsIsReadNoFurther(Transport transport) {
    Speaker guest = transport.guest();
    String ping = "{\"op\":\"ping\",\"id\":1}"; // 20 bytes
    guest.say((ping + "\n").repeat(3_000)); // 60 KiB
    for (int i = 0; i <= 8 * 1024 / ping.length(); i++) {
      guest.assertErr("unauthorized");
    }
    // He is at the limit; that nothing more comes shows where the next answer is awaited: below.
    guest.wire().endOurSide();
    assertThat(new String(guest.wire().readToEnd(), UTF_8)).doesNotContain("unauthorized");
  }

  @Nested
  class OverLines {
    @Test
    void badUtf8IsBadJson() {
      LineSpeaker mallory = SERVER.line("mallory");
      byte[] unit = "{\"op\":\"send\",\"to\":\"u:bob\",\"data\":\"?\"}".getBytes(UTF_8);
      for (int wrong : new int[] {0x80, 0xC0, 0xFF, 0xED}) {
        unit[unit.length - 3] = (byte) wrong;
        mallory.say(unit);
        mallory.assertErr("bad_json");
        assertStillAnswers(mallory);
      }
    }

    @Test
    void emptyLinesAndReturnsAreNothing() {
      LineSpeaker mallory = SERVER.line();
      mallory.wire().write("\r\n\n \t{\"op\":\"auth\",\"user\":\"mallory\"}\r\n\r\n\n");
      assertThat(mallory.next().op()).isEqualTo("welcome");
      mallory.wire().write("{\"op\":\"ping\",\"id\":2}\r\n");
      assertThat(mallory.next().number("id")).isEqualTo(2);
    }

    @Test
    void aLineMayArriveByteByByte() {
      LineSpeaker mallory = SERVER.line("mallory");
      for (char each : "{\"op\":\"ping\",\"id\":3}\n".toCharArray()) {
        mallory.wire().write(String.valueOf(each));
      }
      assertThat(mallory.next().number("id")).isEqualTo(3);
    }

    @Test
    void theLongestLineMayEndWithAReturn() {
      LineSpeaker mallory = SERVER.line("mallory");
      mallory.wire().write(padded(64 * 1024) + "\r\n");
      assertThat(mallory.next().op()).isEqualTo("pong");
    }

    @Test
    void aLineThatNeverEndsEndsTheConnection() {
      LineSpeaker mallory = SERVER.line("mallory");
      mallory.wire().write("{\"op\":\"" + "x".repeat(64 * 1024));
      mallory.wire().write("x".repeat(64 * 1024));
      mallory.assertBye("too_large", 4502);
    }

    @Test
    void whatIsNoLineThatBeginsAnObjectIsBadJson() {
      LineSpeaker mallory = SERVER.line("mallory");
      mallory.say("GET / HTTP/1.1");
      mallory.assertErr("bad_json");
      assertStillAnswers(mallory);
    }

    @Test
    void whoDiesInTheMidstOfALineIsForgotten() {
      LineSpeaker mallory = SERVER.line("mallory");
      mallory.wire().write("{\"op\":\"send\",\"to\":\"u:bob\",\"da");
      mallory.wire().reset();
      assertStillAnswers(SERVER.line("mallory"));
    }
  }
}
