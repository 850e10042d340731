package dev.tidings.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.auth.Tokens;
import dev.tidings.base.Clock;
import dev.tidings.running.EventSpeaker;
import dev.tidings.running.HttpSpeaker;
import dev.tidings.running.HttpSpeaker.Response;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `GET /v1/stream`, as `curl -N` and a browser's `EventSource` use it (docs/protocol.md §2).
class EventStreamTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  private static Response get(String target, String... headers) {
    List<String> head = new ArrayList<>(List.of("GET " + target + " HTTP/1.1", "Host: localhost"));
    head.addAll(List.of(headers));
    return SERVER.http().say(head, new byte[0]).next();
  }

  private static void send(LineSpeaker from, String to, String data) {
    from.say("{\"op\":\"send\",\"to\":\"" + to + "\",\"data\":" + data + "}");
    assertThat(from.next("ok").text("in")).isEqualTo(to);
  }

  @Test
  void beginsWithWelcomeAndGoesOnWithWhatHappens() {
    EventSpeaker alice = SERVER.stream("user=alice");
    Unit welcome = alice.next();
    assertThat(welcome.op()).isEqualTo("welcome");
    assertThat(welcome.text("user")).isEqualTo("alice");
    assertThat(welcome.number("ping")).isEqualTo(25);
    assertThat(alice.nextId()).as("from where it goes on").isNotEmpty();
    LineSpeaker bob = SERVER.line("bob");
    send(bob, "u:alice", "\"hi\"");
    Unit msg = alice.next("msg");
    assertThat(msg.text("in")).isEqualTo("u:bob");
    assertThat(msg.text("data")).isEqualTo("hi");
    String begun = alice.lastId();
    assertThat(alice.nextId()).isNotEqualTo(begun);
  }

  @Test
  void asksProxiesAndBrowsersToPassEverythingOnAtOnce() {
    EventSpeaker alice = SERVER.stream("user=alice", "Origin: http://localhost:3000");
    assertThat(alice.response().header("Content-Type")).startsWith("text/event-stream");
    assertThat(alice.response().header("Cache-Control")).isEqualTo("no-cache, no-transform");
    assertThat(alice.response().header("X-Accel-Buffering")).isEqualTo("no");
    assertThat(alice.response().header("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(alice.response().header("Content-Length")).isEmpty();
    assertThat(alice.wire().line()).as("something comes at once").startsWith(":");
    alice.next("welcome");
    assertThat(alice.retries())
        .singleElement()
        .satisfies(millis -> assertThat(millis).isBetween(1_000, 3_000));
  }

  @Test
  void carriesEachUnitAsOneEventWhateverStandsInIt() {
    EventSpeaker alice = SERVER.stream("user=lines");
    alice.next("welcome");
    LineSpeaker bob = SERVER.line("bob");
    bob.say(
        """
        {"op":"send","to":"u:lines","data":"data: \\n\\nid: 7\\n"}
        {"op":"send","to":"u:lines","data":[1,\r2,\r\r3]}
        {"op":"send","to":"u:lines","data":"ünï — 日本"}\
        """);
    List<Unit> units = alice.next("msg", 3);
    assertThat(units.get(0).text("data")).isEqualTo("data: \n\nid: 7\n");
    assertThat(units.get(1).json("data")).isEqualTo("[1,2,3]");
    assertThat(units.get(2).text("data")).isEqualTo("ünï — 日本");
    bob.next("ok", 3);
  }

  @Test
  void takesATokenInTheHeaderOrInTheUrl() {
    String token = SERVER.token("carol");
    EventSpeaker inHeader = SERVER.stream("", "Authorization: Bearer " + token);
    assertThat(inHeader.next().text("user")).isEqualTo("carol");
    EventSpeaker inUrl = SERVER.stream("token=" + token + "&ping=7");
    Unit welcome = inUrl.next();
    assertThat(welcome.text("user")).isEqualTo("carol");
    assertThat(welcome.number("ping")).isEqualTo(7);
    assertThat(welcome.number("exp")).isPositive();
  }

  @Test
  void followsWhatItsUrlNamesAndSaysWhatItMayNot() {
    EventSpeaker dave =
        SERVER.stream("user=dave&sub=t:free&sub=t%3Akept.x&sub=p:dave&sub=p:nobody&sub=u:bob");
    dave.next("welcome");
    Unit free = dave.next("ok");
    assertThat(free.text("id")).isEqualTo("t:free");
    Unit kept = dave.next("ok");
    assertThat(kept.text("id")).isEqualTo("t:kept.x");
    assertThat(kept.has("head")).isTrue();
    assertThat(dave.next("ok").json("on")).isEqualTo("true");
    assertThat(dave.next("err").text("code")).isEqualTo("not_found");
    Unit wrong = dave.next("err");
    assertThat(wrong.text("id")).isEqualTo("u:bob");
    assertThat(wrong.text("code")).isEqualTo("bad_request");
    LineSpeaker bob = SERVER.line("bob");
    send(bob, "t:free", "1");
    send(bob, "t:kept.x", "2");
    assertThat(dave.next("msg").number("data")).isEqualTo(1);
    assertThat(dave.next("msg").number("data")).isEqualTo(2);
  }

  @Test
  void goesOnBehindTheLastIdOfTheOneBefore() {
    EventSpeaker before = SERVER.stream("user=eve&sub=t:kept.y");
    before.next("ok");
    LineSpeaker bob = SERVER.line();
    bob.auth("\"token\":\"" + SERVER.serviceToken("bob") + "\""); // as fast as he likes
    send(bob, "u:eve", "\"seen\"");
    before.next("msg");
    String lastId = before.nextId();
    before.close();
    for (int i = 0; i < 300; i++) { // more than a page
      send(bob, "t:kept.y", "\"" + "y".repeat(500) + "\"");
      if (i % 50 == 0) {
        send(bob, "u:eve", String.valueOf(i));
      }
    }
    EventSpeaker after =
        SERVER.stream("user=eve&sub=t:kept.y&since=zz", "Last-Event-ID: " + lastId);
    List<Unit> units = after.next("msg", 306);
    assertThat(units).filteredOn(unit -> unit.text("in").equals("u:bob")).hasSize(6);
    assertThat(units).filteredOn(unit -> unit.text("in").equals("t:kept.y")).hasSize(300);
    String end = after.nextId();
    EventSpeaker again = SERVER.stream("user=eve&sub=t:kept.y&since=" + end);
    again.next("ok");
    send(bob, "u:eve", "\"live\"");
    assertThat(again.next("msg").text("data")).as("nothing else was missed").isEqualTo("live");
  }

  @Test
  void saysThatACursorIsNoGoodAndGoesOnFromNow() {
    EventSpeaker fay = SERVER.stream("user=fay&sub=t:kept.z&since=0-zzzzz-0");
    fay.next("welcome");
    Unit err = fay.next("err");
    assertThat(err.text("code")).isEqualTo("cursor");
    assertThat(fay.next("ok").text("in")).isEqualTo("t:kept.z");
    assertThat(fay.lastId()).as("a good one").startsWith("0-").isNotEqualTo("0-zzzzz-0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?token=wrong", "?user=", "?user=no%20name"})
  void isRefusedToWhoIsNotBelieved(String query) {
    Response response = get("/v1/stream" + query);
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.units()).hasSize(2);
    assertThat(response.units().get(0).text("code")).isEqualTo("unauthorized");
    assertThat(response.units().get(1).number("close")).isEqualTo(4500);
  }

  @Test
  void tellsWhoseTokenHasExpiredToGetANewOne() {
    String token =
        new Tokens(SERVER.key())
            .sign("gil", false, List.of(), Clock.system().epochMillis() - 3_600_000, 60);
    Response response = get("/v1/stream?token=" + token);
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.units().get(1).text("code")).isEqualTo("token_expired");
    assertThat(response.units().get(1).number("close")).isEqualTo(4005);
  }

  @Test
  void isNotGivenAgainToWhomAVerdictStopped() {
    EventSpeaker older = SERVER.stream("user=hal&device=phone");
    older.next("welcome");
    EventSpeaker newer = SERVER.stream("user=hal&device=phone");
    newer.next("welcome");
    older.assertBye("replaced", 4503);
    assertThat(get("/v1/stream?user=hal&device=phone", "Last-Event-ID: " + older.lastId()).status())
        .isEqualTo(204);
    LineSpeaker bob = SERVER.line("bob");
    send(bob, "u:hal", "\"still here\"");
    assertThat(newer.next("msg").text("data")).isEqualTo("still here");
  }

  @Test
  void countsAsAConnectionOfItsUser() {
    List<EventSpeaker> streams = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      EventSpeaker each = SERVER.stream("user=ivy");
      each.next("welcome");
      streams.add(each);
    }
    SERVER.stream("user=ivy").assertBye("limit", 4505);
    streams.forEach(EventSpeaker::close);
    EventSpeaker later = SERVER.stream("user=ivy&device=a");
    Unit first = later.next();
    for (int i = 0; i < 1_000 && !first.op().equals("welcome"); i++) { // ends are noticed by and by
      later = SERVER.stream("user=ivy&device=a");
      first = later.next();
    }
    assertThat(first.op()).isEqualTo("welcome");
  }

  @ParameterizedTest
  @CsvSource({
    "ping=soon,ping",
    "ping=-1,ping",
    "v=0,v",
    "device=,device",
    "device=a%0Ab,device",
  })
  void saysWhichParameterIsWrong(String parameter, String name) {
    Response response = get("/v1/stream?user=jan&" + parameter);
    assertThat(response.status()).as(response.body()).isEqualTo(400);
    assertThat(response.unit().text("code")).isEqualTo("bad_request");
    assertThat(response.unit().text("msg")).startsWith(name + " ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Origin: https://elsewhere.example", "Sec-Fetch-Site: cross-site"})
  void isNotForPagesOfElsewhereInDevelopmentMode(String header) {
    assertThat(get("/v1/stream?user=kim", header).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "HEAD", "PUT"})
  void isOnlyForGet(String method) {
    HttpSpeaker http = SERVER.http();
    Response response =
        http.say(method + " /v1/stream?user=kim HTTP/1.1", "Host: localhost")
            .next(!method.equals("HEAD"));
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.header("Allow")).isEqualTo("GET");
  }

  @Test
  void isNotDisturbedByWhatStillComesIn() {
    HttpSpeaker http = SERVER.http();
    EventSpeaker lea = RunningServer.streamOn(http, "user=lea");
    lea.next("welcome");
    http.wire().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000).getBytes(UTF_8));
    LineSpeaker bob = SERVER.line("bob");
    send(bob, "u:lea", "1");
    assertThat(lea.next("msg").number("data")).isEqualTo(1);
    http.wire().endOurSide();
    lea.assertEnds();
  }

  @Test
  void mayFollowAnotherRequestOnItsConnection() {
    HttpSpeaker http = SERVER.http();
    assertThat(http.ask("GET /healthz HTTP/1.1", "Host: localhost").status()).isEqualTo(200);
    assertThat(RunningServer.streamOn(http, "user=mia").next().op()).isEqualTo("welcome");
  }

  @Test
  void aNameWillDoForPostsToo() {
    EventSpeaker nil = SERVER.stream("user=nil");
    nil.next("welcome");
    String unit = "{\"op\":\"send\",\"to\":\"u:nil\",\"data\":1}";
    List<String> head =
        List.of(
            "POST /v1/rpc?user=ole HTTP/1.1",
            "Host: localhost",
            "Content-Length: " + unit.length());
    assertThat(SERVER.http().say(head, unit.getBytes(UTF_8)).next().status()).isEqualTo(200);
    assertThat(nil.next("msg").text("in")).isEqualTo("u:ole");
    List<String> ofElsewhere = new ArrayList<>(head);
    ofElsewhere.add("Origin: https://elsewhere.example");
    assertThat(SERVER.http().say(ofElsewhere, unit.getBytes(UTF_8)).next().status()).isEqualTo(401);
  }

  @Nested
  class APostThatNamesTheStream {
    private static Response post(String user, String conn, String... units) {
      byte[] body = String.join("\n", units).getBytes(UTF_8);
      return SERVER
          .http()
          .say(
              List.of(
                  "POST /v1/rpc?user=" + user + " HTTP/1.1",
                  "Host: localhost",
                  "X-Conn: " + conn,
                  "Content-Length: " + body.length),
              body)
          .next();
    }

    private static String sub(String in) {
      return "{\"op\":\"sub\",\"id\":1,\"in\":\"" + in + "\"}";
    }

    private static String unsub(String in) {
      return "{\"op\":\"unsub\",\"id\":2,\"in\":\"" + in + "\"}";
    }

    @Test
    void followsAndEndsFollowingThere() {
      LineSpeaker bob = SERVER.line("bob");
      for (int i = 0; i < 4; i++) { // streams and posts come to any lane
        EventSpeaker pia = SERVER.stream("user=pia");
        String conn = pia.next().text("conn");
        assertThat(post("pia", conn, sub("t:free")).unit().op()).isEqualTo("ok");
        Response several = post("pia", conn, sub("t:kept.p"), sub("p:pia"), sub("t:free"));
        assertThat(several.units()).extracting(Unit::op).containsExactly("ok", "ok", "ok");
        assertThat(several.units().get(0).has("head")).isTrue();
        send(bob, "t:free", "1");
        send(bob, "t:kept.p", "2");
        assertThat(pia.next("msg").number("data")).isEqualTo(1);
        assertThat(pia.next("msg").number("data")).isEqualTo(2);
        assertThat(post("pia", conn, unsub("t:free")).unit().op()).isEqualTo("ok");
        send(bob, "t:free", "3");
        send(bob, "u:pia", "4");
        assertThat(pia.next("msg").number("data")).as("not 3").isEqualTo(4);
        pia.close();
      }
    }

    @Test
    void mayWatchAGroup() {
      LineSpeaker bob = SERVER.line("bob");
      bob.say("{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:watched\",\"members\":[\"quinn\"]}");
      bob.next("ok");
      EventSpeaker quinn = SERVER.stream("user=quinn");
      String conn = quinn.next().text("conn");
      Unit watched = post("quinn", conn, sub("p:g:watched")).unit();
      assertThat(watched.json("online")).contains("quinn");
      assertThat(post("quinn", conn, sub("p:g:elsewhere")).unit().text("code"))
          .isEqualTo("not_found");
    }

    @Test
    void ofAnotherUserOrOfNoStreamLooksTheSame() {
      EventSpeaker ruth = SERVER.stream("user=ruth");
      String conn = ruth.next().text("conn");
      LineSpeaker line = SERVER.line();
      String onALine = line.auth("\"user\":\"sam\"").text("conn");
      List<String> answers = new ArrayList<>();
      for (String name : List.of(conn, "n1-0-zzzz", "n1-99-1", "nonsense", onALine)) {
        Response response = post("sam", name, sub("t:free"));
        assertThat(response.status()).isEqualTo(404);
        answers.add(response.body());
        assertThat(post("sam", name, unsub("t:free")).status()).isEqualTo(404);
        assertThat(post("sam", name, "{\"op\":\"ping\"}").status())
            .as("what needs none")
            .isEqualTo(200);
      }
      assertThat(answers).allMatch(answers.getFirst()::equals);
      ruth.close();
      Response late = post("ruth", conn, sub("t:free"));
      for (int i = 0; i < 1_000 && late.status() != 404; i++) { // its end is noticed by and by
        late = post("ruth", conn, sub("t:free"));
      }
      assertThat(late.body()).isEqualTo(answers.getFirst());
    }

    @Test
    void isCountedForTheStream() {
      EventSpeaker tom = SERVER.stream("user=tom");
      String conn = tom.next().text("conn");
      List<String> subs = new ArrayList<>();
      for (int i = 0; i < 257; i++) {
        subs.add(sub("t:free." + i));
      }
      List<Unit> answers = post("tom", conn, subs.toArray(String[]::new)).units();
      assertThat(answers.subList(0, 256)).allMatch(unit -> unit.op().equals("ok"));
      assertThat(answers.get(256).text("code")).isEqualTo("too_many");
    }
  }
}
