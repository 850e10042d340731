package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.protocol.Address.Kind;
import dev.tidings.protocol.Command.GroupAction;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.Decoded.Refused;
import dev.tidings.protocol.Decoded.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What each op turns into. Bounds of every field: CommandDecoderLimitsTest.
class CommandDecoderTest {
  private final CommandDecoder decoder = new CommandDecoder();

  @Test
  void send() {
    Command.Send send =
        decoded(
            Command.Send.class,
            """
            {"op":"send","id":1,"to":"g:ops","cid":"c-77","data":{"text":"deploying"}}\
            """);
    assertThat(send.head()).isEqualTo(new Head("send", new RequestId("1"), ""));
    assertThat(send.to()).isEqualTo(new Address(Kind.GROUP, "ops"));
    assertThat(send.cid()).isEqualTo("c-77");
    assertThat(text(send.data())).isEqualTo("{\"text\":\"deploying\"}");
  }

  @Test
  void sendByHand() {
    Command.Send send =
        decoded(Command.Send.class, "{\"op\":\"send\",\"to\":\"u:bob\",\"data\":\"hi\"}");
    assertThat(send.head()).isEqualTo(Head.of("send"));
    assertThat(send.to()).isEqualTo(new Address(Kind.USER, "bob"));
    assertThat(send.cid()).isEmpty();
    assertThat(text(send.data())).isEqualTo("\"hi\"");
  }

  @Test
  void dataPassesByteForByte() {
    for (String data :
        List.of(
            "0",
            "-0.0e+00",
            "false",
            "\"\"",
            "{ \"b\" : 1,\t\"a\" : [ ] , \"b\":2 }",
            "\"\\ud800\"",
            "\"\\/\\u0041\u20ac\ud83d\ude00\"")) {
      Command.Send send =
          decoded(Command.Send.class, "{\"op\":\"send\",\"to\":\"u:b\",\"data\": \t" + data + " }");
      assertThat(text(send.data())).isEqualTo(data);
    }
  }

  @Test
  void nothingDecodedChangesWithTheBuffer() {
    byte[] unit =
        """
        {"op":"send","id":"x","as":"eve","to":"u:bob","cid":"c","data":"hi"}\
        """
            .getBytes(UTF_8);
    Decoded decoded = decoder.decode(unit, 0, unit.length);
    Arrays.fill(unit, (byte) '!');
    assertThat(decoded).isInstanceOf(Request.class);
    Command.Send send = (Command.Send) ((Request) decoded).command();
    assertThat(send.head()).isEqualTo(new Head("send", new RequestId("\"x\""), "eve"));
    assertThat(send.to()).isEqualTo(new Address(Kind.USER, "bob"));
    assertThat(send.cid()).isEqualTo("c");
    assertThat(text(send.data())).isEqualTo("\"hi\"");
  }

  @Test
  void auth() {
    assertThat(command("{\"op\":\"auth\"}"))
        .isEqualTo(
            new Command.Auth(
                Head.of("auth"),
                Optional.empty(),
                Optional.empty(),
                1,
                "",
                "",
                OptionalInt.empty(),
                Map.of()));
    assertThat(
            command(
                """
                {"op":"auth","token":"eyJ","user":"alice","v":2,"device":"phone-7",
                 "client":"web 1.0","ping":0,"labels":{"team":"ops", "v" : "3"}}\
                """))
        .isEqualTo(
            new Command.Auth(
                Head.of("auth"),
                Optional.of("eyJ"),
                Optional.of("alice"),
                2,
                "phone-7",
                "web 1.0",
                OptionalInt.of(0),
                Map.of("team", "ops", "v", "3")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "\"team\"", "{\"team\":1}", "{\"team\":null}", "{\"team\":{}}", "7", "true"})
  void labelsAreTextsByName(String labels) {
    String unit = "{\"op\":\"auth\",\"user\":\"alice\",\"labels\":" + labels + "}";
    byte[] bytes = unit.getBytes(UTF_8);
    assertThat(new CommandDecoder().decode(bytes, 0, bytes.length))
        .isInstanceOfSatisfying(
            Decoded.Refused.class, refused -> assertThat(refused.message()).startsWith("labels "));
  }

  @Test
  void aVersionBeyondIntIsOnlyVeryNew() {
    Command.Auth auth = decoded(Command.Auth.class, "{\"op\":\"auth\",\"v\":9007199254740991}");
    assertThat(auth.version()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void editAndRecall() {
    Command.Edit edit =
        decoded(
            Command.Edit.class,
            "{\"op\":\"edit\",\"in\":\"g:ops\",\"epoch\":\"k3f\",\"seq\":1042,\"cid\":\"c\",\"data\":[1]}");
    assertThat(edit.in()).isEqualTo(new Address(Kind.GROUP, "ops"));
    assertThat(edit.epoch()).isEqualTo("k3f");
    assertThat(edit.seq()).isEqualTo(1042);
    assertThat(edit.cid()).isEqualTo("c");
    assertThat(text(edit.data())).isEqualTo("[1]");
    assertThat(command("{\"op\":\"recall\",\"in\":\"u:bob\",\"seq\":1}"))
        .isEqualTo(new Command.Recall(Head.of("recall"), new Address(Kind.USER, "bob"), "", 1, ""));
  }

  @Test
  void mention() {
    Command.Send send =
        decoded(
            Command.Send.class,
            "{\"op\":\"send\",\"to\":\"g:ops\",\"mention\":[\"bob\",\"carol\"],\"data\":1}");
    assertThat(send.mention()).containsExactly("bob", "carol");
  }

  @Test
  void mark() {
    assertThat(command("{\"op\":\"mark\",\"in\":\"u:bob\",\"epoch\":\"k3f\",\"read\":17}"))
        .isEqualTo(new Command.Mark(Head.of("mark"), new Address(Kind.USER, "bob"), "k3f", 0, 17));
    assertThat(command("{\"op\":\"mark\",\"in\":\"a:all\",\"got\":5}"))
        .isEqualTo(
            new Command.Mark(Head.of("mark"), new Address(Kind.ANNOUNCEMENT, "all"), "", 5, 0));
    assertRefused("{\"op\":\"mark\",\"in\":\"u:bob\"}", ErrorCode.BAD_REQUEST, "read ");
  }

  @Test
  void pref() {
    Address bob = new Address(Kind.USER, "bob");
    Address ops = new Address(Kind.GROUP, "ops");
    Head head = Head.of("pref");
    assertThat(command("{\"op\":\"pref\",\"in\":\"g:ops\",\"mute\":true}"))
        .isEqualTo(new Command.Pref(head, ops, OptionalLong.of(Long.MAX_VALUE), Optional.empty()));
    assertThat(command("{\"op\":\"pref\",\"in\":\"g:ops\",\"mute\":1767225600000}"))
        .isEqualTo(new Command.Pref(head, ops, OptionalLong.of(1767225600000L), Optional.empty()));
    assertThat(command("{\"op\":\"pref\",\"in\":\"u:bob\",\"mute\":false,\"block\":true}"))
        .isEqualTo(new Command.Pref(head, bob, OptionalLong.of(0), Optional.of(true)));
    assertRefused("{\"op\":\"pref\",\"in\":\"u:bob\"}", ErrorCode.BAD_REQUEST, "mute ");
    assertRefused(
        "{\"op\":\"pref\",\"in\":\"g:ops\",\"block\":true}", ErrorCode.BAD_REQUEST, "block ");
  }

  @Test
  void signal() {
    Command.Signal signal =
        decoded(
            Command.Signal.class,
            "{\"op\":\"signal\",\"to\":\"g:ops\",\"data\":{\"typing\":true}}");
    assertThat(signal.head()).isEqualTo(Head.of("signal"));
    assertThat(signal.to()).isEqualTo(new Address(Kind.GROUP, "ops"));
    assertThat(text(signal.data())).isEqualTo("{\"typing\":true}");
  }

  @Test
  void subscribe() {
    assertThat(command("{\"op\":\"sub\",\"in\":\"t:weather/rain\",\"epoch\":\"k3f\",\"after\":42}"))
        .isEqualTo(
            new Command.Subscribe(
                Head.of("sub"),
                new Address(Kind.TOPIC, "weather/rain"),
                "k3f",
                OptionalLong.of(42),
                OptionalInt.empty(),
                ""));
    assertThat(command("{\"op\":\"sub\",\"in\":\"p:g:ops\",\"last\":1}"))
        .isEqualTo(
            new Command.Subscribe(
                Head.of("sub"),
                new Address(Kind.GROUP_PRESENCE, "ops"),
                "",
                OptionalLong.empty(),
                OptionalInt.of(1),
                ""));
    assertThat(command("{\"op\":\"sub\",\"in\":\"p:bob\",\"after\":null,\"last\":null}"))
        .isEqualTo(
            new Command.Subscribe(
                Head.of("sub"),
                new Address(Kind.USER_PRESENCE, "bob"),
                "",
                OptionalLong.empty(),
                OptionalInt.empty(),
                ""));
    assertThat(command("{\"op\":\"sub\",\"in\":\"t:x\",\"since\":\"0-1-2\"}"))
        .isEqualTo(
            new Command.Subscribe(
                Head.of("sub"),
                new Address(Kind.TOPIC, "x"),
                "",
                OptionalLong.empty(),
                OptionalInt.empty(),
                "0-1-2"));
    assertRefused(
        "{\"op\":\"sub\",\"in\":\"t:x\",\"after\":1,\"last\":1}", ErrorCode.BAD_REQUEST, "last ");
    assertRefused(
        "{\"op\":\"sub\",\"in\":\"t:x\",\"after\":1,\"since\":\"c\"}",
        ErrorCode.BAD_REQUEST,
        "since ");
    assertRefused(
        "{\"op\":\"sub\",\"in\":\"t:x\",\"since\":\"\"}", ErrorCode.BAD_REQUEST, "since ");
  }

  @Test
  void unsubscribe() {
    assertThat(command("{\"op\":\"unsub\",\"in\":\"t:x\"}"))
        .isEqualTo(new Command.Unsubscribe(Head.of("unsub"), new Address(Kind.TOPIC, "x")));
  }

  @Test
  void history() {
    assertThat(command("{\"op\":\"history\",\"in\":\"a:all\"}"))
        .isEqualTo(
            new Command.History(
                Head.of("history"),
                new Address(Kind.ANNOUNCEMENT, "all"),
                "",
                OptionalLong.empty(),
                OptionalLong.empty(),
                50));
    assertThat(
            command(
                """
                {"op":"history","in":"g:ops","epoch":"k3f","after":1042,"before":2000,"limit":100}\
                """))
        .isEqualTo(
            new Command.History(
                Head.of("history"),
                new Address(Kind.GROUP, "ops"),
                "k3f",
                OptionalLong.of(1042),
                OptionalLong.of(2000),
                100));
  }

  @Test
  void search() {
    assertThat(command("{\"op\":\"search\",\"q\":\"a b\"}"))
        .isEqualTo(
            new Command.Search(
                Head.of("search"), "a b", Optional.empty(), "", OptionalLong.empty(), 20, ""));
    assertThat(
            command(
                """
                {"op":"search","q":"x","in":"g:ops","from":"bob","before":5,"limit":1,"next":"n"}\
                """))
        .isEqualTo(
            new Command.Search(
                Head.of("search"),
                "x",
                Optional.of(new Address(Kind.GROUP, "ops")),
                "bob",
                OptionalLong.of(5),
                1,
                "n"));
  }

  @Test
  void sync() {
    assertThat(command("{\"op\":\"sync\"}"))
        .isEqualTo(new Command.Sync(Head.of("sync"), "", 1, 200, ""));
    assertThat(
            command("{\"op\":\"sync\",\"since\":\"17-3\",\"tail\":5,\"limit\":20,\"next\":\"n\"}"))
        .isEqualTo(new Command.Sync(Head.of("sync"), "17-3", 5, 20, "n"));
  }

  @Test
  void group() {
    assertThat(action("\"do\":\"create\""))
        .isEqualTo(new GroupAction.Create(GroupPatch.NOTHING, List.of()));
    assertThat(
            action(
                """
                "do":"create","title":"Ops","members":["bob", "carol"],"join":"open","quiet":true\
                """))
        .isEqualTo(
            new GroupAction.Create(
                new GroupPatch(
                    Optional.of("Ops"),
                    Optional.empty(),
                    Optional.of(true),
                    Optional.of(true),
                    Optional.empty(),
                    Optional.empty()),
                List.of("bob", "carol")));
    assertThat(action("\"do\":\"create\",\"join\":\"invite\",\"quiet\":false,\"members\":[]"))
        .isEqualTo(
            new GroupAction.Create(
                new GroupPatch(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(false),
                    Optional.of(false),
                    Optional.empty(),
                    Optional.empty()),
                List.of()));
    assertThat(
            action(
                """
                "do":"set","title":"","send":"admins","past":true,"roles":{"bob":"mute", "al":"owner"}\
                """))
        .isEqualTo(
            new GroupAction.Set(
                new GroupPatch(
                    Optional.of(""),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(true),
                    Optional.of(true)),
                Map.of("bob", "mute", "al", "owner")));
    assertThat(action("\"do\":\"delete\"")).isEqualTo(new GroupAction.Delete());
    assertThat(action("\"do\":\"info\"")).isEqualTo(new GroupAction.Info());
    assertThat(action("\"do\":\"members\"")).isEqualTo(new GroupAction.Members(""));
    assertThat(action("\"do\":\"members\",\"next\":\"n\"")).isEqualTo(new GroupAction.Members("n"));
    assertThat(action("\"do\":\"join\"")).isEqualTo(new GroupAction.Join());
    assertThat(action("\"do\":\"leave\"")).isEqualTo(new GroupAction.Leave());
    assertThat(action("\"do\":\"add\",\"who\":[\"bob\"]"))
        .isEqualTo(new GroupAction.Add(List.of("bob")));
    assertThat(action("\"do\":\"remove\",\"who\":[\"bob\"]"))
        .isEqualTo(new GroupAction.Remove(List.of("bob")));
  }

  @Test
  void pingAndPong() {
    assertThat(command("{\"op\":\"ping\",\"id\":\"a\"}"))
        .isEqualTo(new Command.Ping(new Head("ping", new RequestId("\"a\""), "")));
    assertThat(command("{\"op\":\"pong\"}")).isEqualTo(new Command.Pong(Head.of("pong")));
  }

  @Test
  void idComesBackToTheLetter() {
    for (String id :
        List.of(
            "1",
            "-1",
            "-0",
            "9007199254740991",
            "-9007199254740991",
            "\"\"",
            "\"a b\"",
            "\"\\u0041\\n\\/\"",
            "\"\u20ac\"",
            "\"" + "\\u0041".repeat(64) + "\"")) {
      assertThat(command("{\"op\":\"ping\",\"id\":" + id + "}").head().id())
          .isEqualTo(new RequestId(id));
    }
  }

  @Test
  void fieldsComeInAnyOrder() {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "\"op\":\"send\"",
                "\"id\":7",
                "\"as\":\"eve\"",
                "\"to\":\"t:x\"",
                "\"cid\":\"c\"",
                "\"data\":[1]",
                "\"x_own\":{\"op\":\"auth\"}"));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200; i++) {
      Collections.shuffle(fields, random);
      Command.Send send = decoded(Command.Send.class, "{" + String.join(",", fields) + "}");
      assertThat(send.head()).isEqualTo(new Head("send", new RequestId("7"), "eve"));
      assertThat(send.to()).isEqualTo(new Address(Kind.TOPIC, "x"));
      assertThat(send.cid()).isEqualTo("c");
      assertThat(text(send.data())).isEqualTo("[1]");
    }
  }

  @Test
  void theLastOfRepeatedFieldsCounts() {
    assertThat(command("{\"op\":\"auth\",\"id\":{},\"id\":1,\"op\":\"ping\"}"))
        .isEqualTo(new Command.Ping(new Head("ping", new RequestId("1"), "")));
    assertThat(command("{\"op\":\"sync\",\"tail\":5,\"tail\":null}"))
        .isEqualTo(new Command.Sync(Head.of("sync"), "", 1, 200, ""));
    assertThat(command("{\"op\":\"sync\",\"tail\":99,\"t\\u0061il\":5}"))
        .isEqualTo(new Command.Sync(Head.of("sync"), "", 5, 200, ""));
    assertRefused(
        "{\"op\":\"send\",\"to\":\"u:b\",\"data\":1,\"data\":null}",
        ErrorCode.BAD_REQUEST,
        "data ");
  }

  @Test
  void wordsMayBeWrittenWithEscapes() {
    assertThat(command("{\"\\u006f\\u0070\":\"p\\u0069ng\"}"))
        .isEqualTo(new Command.Ping(Head.of("ping")));
    assertThat(action("\"do\":\"\\u006aoin\"")).isEqualTo(new GroupAction.Join());
    assertThat(decoded(Command.Unsubscribe.class, "{\"op\":\"unsub\",\"in\":\"t\\u003ax\"}").in())
        .isEqualTo(new Address(Kind.TOPIC, "x"));
  }

  @Test
  void fieldsOfOtherOpsAndUnknownOnesOnlyHaveToBeJson() {
    assertThat(
            command(
                """
                {"op":"ping","to":1,"data":null,"tail":"x","do":[],"members":{"a":[]},"ping":-1,
                 "name with more than eight bytes":[{}],"":0,"op\\u0000":"auth","Op":"auth"}\
                """))
        .isEqualTo(new Command.Ping(Head.of("ping")));
    assertBadJson("{\"op\":\"ping\",\"x\":[1}");
    assertBadJson("{\"op\":\"ping\",\"x\":\"\u0001\"}");
  }

  @Test
  void whiteSpaceAroundTheUnitIsIgnored() {
    assertThat(command(" \t{\"op\":\"ping\"}\r")).isEqualTo(new Command.Ping(Head.of("ping")));
  }

  @Test
  void anUnknownOpIsNamedAndAnswered() {
    Refused refused = refused("{\"op\":\"teleport\",\"id\":9,\"as\":\"eve\"}");
    assertThat(refused.code()).isEqualTo(ErrorCode.UNKNOWN_OP);
    assertThat(refused.head()).isEqualTo(new Head("teleport", new RequestId("9"), "eve"));

    for (String later : List.of("shout", "teleport")) {
      assertThat(refused("{\"op\":\"" + later + "\"}").code()).isEqualTo(ErrorCode.UNKNOWN_OP);
    }
    for (String almost :
        List.of(
            "", "Ping", "PING", "pin", "pingg", "ping ", "ping\\u0000", "p\\ud800", "history2")) {
      assertThat(refused("{\"op\":\"" + almost + "\"}").code()).isEqualTo(ErrorCode.UNKNOWN_OP);
    }
  }

  @Test
  void aVeryLongOpIsNotRepeated() {
    assertThat(refused("{\"op\":\"" + "x".repeat(64) + "\"}").head().op()).hasSize(64);
    Refused refused = refused("{\"op\":\"" + "x".repeat(65) + "\",\"id\":1}");
    assertThat(refused.code()).isEqualTo(ErrorCode.UNKNOWN_OP);
    assertThat(refused.head()).isEqualTo(new Head("", new RequestId("1"), ""));
  }

  @Test
  void opMustBeAString() {
    for (String op :
        List.of("", "\"op\":null,", "\"op\":1,", "\"op\":[\"ping\"],", "\"op\":true,")) {
      Refused refused = refused("{" + op + "\"id\":4}");
      assertThat(refused.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      assertThat(refused.message()).startsWith("op ");
      assertThat(refused.head()).isEqualTo(new Head("", new RequestId("4"), ""));
    }
  }

  @Test
  void nothingOfAnIllegalUnitIsBelieved() {
    assertBadJson("");
    assertBadJson(" ");
    assertBadJson("[]");
    assertBadJson("\"op\"");
    assertBadJson("{\"op\":\"ping\",\"id\":1");
    assertBadJson("{\"op\":\"ping\",\"id\":1} {}");
    assertBadJson("{\"op\":\"ping\",\"id\":1,}");
    assertBadJson("{\"op\":\"ping\",\"id\":1,\"x\":" + "[".repeat(32) + "]".repeat(32) + "}");
    byte[] badUtf8 = "{\"op\":\"ping\",\"id\":1,\"x\":\"?\"}".getBytes(UTF_8);
    badUtf8[badUtf8.length - 3] = (byte) 0xFF;
    assertThat(decoder.decode(badUtf8, 0, badUtf8.length))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.code()).isEqualTo(ErrorCode.BAD_JSON));
  }

  @Test
  void thirtyTwoLevelsAreLegal() {
    Command.Send send =
        decoded(
            Command.Send.class,
            "{\"op\":\"send\",\"to\":\"u:b\",\"data\":" + "[".repeat(31) + "]".repeat(31) + "}");
    assertThat(send.data().sizeBytes()).isEqualTo(62);
  }

  @Test
  void theFirstFaultIsTold() {
    assertThat(refused("{\"op\":\"send\",\"to\":1,\"cid\":1,\"data\":null}").message())
        .startsWith("to ");
    assertThat(refused("{\"op\":\"send\",\"id\":[],\"to\":1}").message()).startsWith("id ");
    assertThat(
            refused(
                    "{\"op\":\"send\",\"cid\":1,\"to\":\"u:b\",\"data\":\""
                        + "x".repeat(32767)
                        + "\"}")
                .code())
        .isEqualTo(ErrorCode.BAD_REQUEST);
  }

  @Test
  void aUnitLeavesNothingBehind() {
    assertThat(
            refused("{\"op\":\"send\",\"id\":1,\"as\":\"eve\",\"to\":\"x\",\"data\":1}").message())
        .startsWith("to ");
    assertThat(command("{\"op\":\"ping\"}")).isEqualTo(new Command.Ping(Head.of("ping")));
    assertRefused("{\"op\":\"send\",\"to\":\"u:b\"}", ErrorCode.BAD_REQUEST, "data ");
    assertBadJson("{\"op\":\"ping\",\"id\":1");
    assertThat(command("{\"op\":\"pong\"}")).isEqualTo(new Command.Pong(Head.of("pong")));
  }

  @Test
  void decodesInTheMiddleOfABuffer() {
    String units = "{\"op\":\"ping\"}\n{\"op\":\"unsub\",\"in\":\"t:x\"}\n{\"op\":\"pong\"}";
    byte[] buffer = units.getBytes(UTF_8);
    int first = units.indexOf('\n');
    int second = units.lastIndexOf('\n');
    assertThat(decoder.decode(buffer, first + 1, second))
        .isEqualTo(
            new Request(new Command.Unsubscribe(Head.of("unsub"), new Address(Kind.TOPIC, "x"))));
    assertThat(decoder.decode(buffer, second + 1, buffer.length))
        .isEqualTo(new Request(new Command.Pong(Head.of("pong"))));
  }

  private Decoded decode(String unit) {
    byte[] bytes = unit.getBytes(UTF_8);
    return decoder.decode(bytes, 0, bytes.length);
  }

  private Command command(String unit) {
    return decoded(Command.class, unit);
  }

  private <C extends Command> C decoded(Class<C> type, String unit) {
    Decoded decoded = decode(unit);
    assertThat(decoded).as(unit).isInstanceOf(Request.class);
    Command command = ((Request) decoded).command();
    assertThat(command).as(unit).isInstanceOf(type);
    return type.cast(command);
  }

  private GroupAction action(String fields) {
    Command.Group group =
        decoded(
            Command.Group.class,
            "{\"op\":\"group\",\"cid\":\"c-9\",\"in\":\"g:ops\"," + fields + "}");
    assertThat(group.in()).isEqualTo(new Address(Kind.GROUP, "ops"));
    assertThat(group.cid()).isEqualTo("c-9");
    return group.action();
  }

  private Refused refused(String unit) {
    Decoded decoded = decode(unit);
    assertThat(decoded).as(unit).isInstanceOf(Refused.class);
    return (Refused) decoded;
  }

  private void assertRefused(String unit, ErrorCode code, String messageStart) {
    Refused refused = refused(unit);
    assertThat(refused.code()).as(unit).isEqualTo(code);
    assertThat(refused.message()).as(unit).startsWith(messageStart);
  }

  private void assertBadJson(String unit) {
    Refused refused = refused(unit);
    assertThat(refused.code()).as(unit).isEqualTo(ErrorCode.BAD_JSON);
    assertThat(refused.head()).as(unit).isEqualTo(Head.of(""));
    assertThat(refused.message()).as(unit).isNotEmpty();
  }

  private static String text(Payload payload) {
    return new String(payload.json(), UTF_8);
  }
}
