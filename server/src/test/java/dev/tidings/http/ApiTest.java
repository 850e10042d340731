package dev.tidings.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.protocol.ErrorCode;
import dev.tidings.running.HttpSpeaker.Response;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Unit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `POST /v1/rpc` and `POST /v1/send`, as a backend or curl uses them (docs/protocol.md §2).
class ApiTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.inDevelopment();

  private static final String JSON = "Content-Type: application/json";

  private static Response post(String target, String token, String body, String... headers) {
    return post(target, token, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private static Response post(String target, String token, byte[] body, String... headers) {
    List<String> head =
        new ArrayList<>(
            List.of(
                "POST " + target + " HTTP/1.1",
                "Host: localhost",
                "Authorization: Bearer " + token,
                "Content-Length: " + body.length));
    head.addAll(List.of(headers));
    return SERVER.http().say(head, body).next();
  }

  private static Response rpc(String token, String body) {
    return post("/v1/rpc", token, body);
  }

  @Nested
  class OneLine {
    @Test
    void isAnsweredByOneUnit() {
      Response response =
          rpc(SERVER.token("eve"), "{\"op\":\"send\",\"id\":7,\"to\":\"u:fay\",\"data\":[1]}\n");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("Content-Type")).isEqualTo("application/json");
      Unit ok = response.unit();
      assertThat(ok.op()).isEqualTo("ok");
      assertThat(ok.number("id")).isEqualTo(7);
      assertThat(ok.text("in")).isEqualTo("u:fay");
    }

    /// Each code that can be provoked from outside, with the status of the one table.
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        value = {
          "bad_json     | {\"op\":",
          "bad_json     | [1]",
          "bad_request  | {\"op\":\"send\",\"to\":\"u:fay\"}",
          "bad_request  | {\"op\":\"send\",\"to\":\"fay\",\"data\":1}",
          "bad_request  | {\"op\":\"auth\",\"user\":\"eve\"}",
          "bad_request  | {\"op\":\"sub\",\"in\":\"t:news\"}",
          "unknown_op   | {\"op\":\"shout\",\"id\":1}",
          "off          | {\"op\":\"search\",\"q\":\"x\"}",
          "forbidden    | {\"op\":\"send\",\"to\":\"a:all\",\"data\":1}",
          "forbidden    | {\"op\":\"send\",\"as\":\"bob\",\"to\":\"u:fay\",\"data\":1}",
          "not_found    | {\"op\":\"send\",\"to\":\"g:nowhere\",\"data\":1}",
          "not_found    | {\"op\":\"history\",\"in\":\"a:others\"}",
          "cursor       | {\"op\":\"sync\",\"since\":\"0-zz-zz\"}",
          "off          | {\"op\":\"history\",\"in\":\"t:passing\"}",
        })
    void hasTheStatusOfItsError(String code, String line) {
      assertRefused(rpc(SERVER.token("eve"), line), code);
    }

    @Test
    void tellsWhatOthersDidBefore() {
      String eve = SERVER.token("eve");
      String create = "{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:told\",\"join\":\"open\"}";
      assertThat(rpc(eve, create).status()).isEqualTo(200);
      assertRefused(rpc(eve, create), "exists");
      assertRefused(
          rpc(SERVER.token("fay"), "{\"op\":\"send\",\"to\":\"g:told\",\"data\":1}"), "not_member");
      assertRefused(
          rpc(eve, "{\"op\":\"history\",\"in\":\"g:told\",\"epoch\":\"other\"}"), "epoch");
      String said = "{\"op\":\"send\",\"to\":\"g:told\",\"cid\":\"told-1\",\"data\":";
      assertThat(rpc(eve, said + "1}").status()).isEqualTo(200);
      assertRefused(rpc(eve, said + "2}"), "cid");
    }

    @Test
    void tellsWhenAUserHasTooMany() {
      String zoe = SERVER.token("zoe");
      String create = "{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:zoe-%d\"}\n";
      StringBuilder groups = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        groups.append(create.formatted(i));
      }
      assertThat(rpc(zoe, groups.toString()).units()).allMatch(unit -> unit.op().equals("ok"));
      assertRefused(rpc(zoe, create.formatted(200)), "too_many");
    }

    @Test
    void isRefusedWhereDataIsTooLarge() {
      String data = "\"" + "x".repeat(32 * 1024) + "\"";
      assertRefused(
          rpc(SERVER.token("eve"), "{\"op\":\"send\",\"to\":\"u:fay\",\"data\":" + data + "}"),
          "too_large");
    }

    private void assertRefused(Response response, String code) {
      ErrorCode expected =
          Set.of(ErrorCode.values()).stream()
              .filter(each -> each.wire().equals(code))
              .findFirst()
              .orElseThrow();
      assertThat(response.unit().text("code")).as(response.body()).isEqualTo(code);
      assertThat(response.status()).isEqualTo(expected.httpStatus());
    }
  }

  @Nested
  class SeveralLines {
    @Test
    void areAnsweredInTheirOrderWithStatus200() {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 300; i++) { // reads and changes overtake each other inside
        lines.append(
            switch (i % 3) {
              case 0 -> "{\"op\":\"send\",\"id\":" + i + ",\"to\":\"u:hal\",\"data\":" + i + "}";
              case 1 -> "{\"op\":\"history\",\"id\":" + i + ",\"in\":\"u:hal\",\"limit\":1}\r";
              default -> "{\"op\":\"nonsense\",\"id\":" + i + "}\n";
            });
        lines.append('\n');
      }
      Response response = rpc(SERVER.serviceToken("gil"), lines.toString());
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("Content-Type")).isEqualTo("application/x-ndjson");
      assertThat(response.units())
          .extracting(unit -> unit.number("id"))
          .containsExactlyElementsOf(IntStream.range(0, 300).mapToObj(Long::valueOf).toList());
      for (int i = 1; i < 300; i += 3) {
        Unit read = response.units().get(i);
        assertThat(read.number("head")).as("a read sees what was sent before").isEqualTo(i / 3 + 1);
      }
    }

    @Test
    void mayTogetherHaveOneMebibyte() {
      String ping = "{\"op\":\"ping\",\"id\":1}\n";
      String lines = ping.repeat(1024 * 1024 / ping.length());
      String padding = "\n".repeat(1024 * 1024 - lines.length());
      Response whole = rpc(SERVER.token("gil"), lines + padding);
      assertThat(whole.status()).isEqualTo(200);
      assertThat(whole.units()).hasSize(1024 * 1024 / ping.length());
      assertThat(whole.units().getLast().op()).isEqualTo("pong");

      Response over = rpc(SERVER.token("gil"), lines + padding + "\n");
      assertThat(over.status()).isEqualTo(413);
      assertThat(over.unit().text("code")).isEqualTo("too_large");
      assertThat(over.header("Connection")).isEqualTo("close");
    }

    @Test
    void ofAnUnnamedLengthMayNotHaveMoreEither() {
      byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.UTF_8);
      var http = SERVER.http();
      http.say(
          "POST /v1/rpc HTTP/1.1",
          "Host: localhost",
          "Authorization: Bearer " + SERVER.key(),
          "Transfer-Encoding: chunked");
      for (int i = 0; i < 17; i++) {
        http.wire().write(chunk);
      }
      assertThat(http.next().status()).isEqualTo(413);
      http.wire().assertEnds();
    }

    @Test
    void haveAnswersThatAreBounded() {
      String gil = SERVER.serviceToken("ivy");
      String large = "x".repeat(30_000);
      rpc(gil, "{\"op\":\"send\",\"to\":\"u:jan\",\"data\":\"" + large + "\"}");
      String read = "{\"op\":\"history\",\"in\":\"u:jan\",\"limit\":1}\n";
      Response response = rpc(gil, read.repeat(400));
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body().length()).isBetween(4 * 1024 * 1024, 5 * 1024 * 1024);
      assertThat(response.units()).hasSize(400);
      Unit last = response.units().getLast();
      assertThat(last.text("code")).isEqualTo("busy");
      assertThat(last.number("retry")).isPositive();
    }

    @Test
    void areAnsweredHoweverManyAreNoJson() {
      String lines = "no\n".repeat(500) + "{\"op\":\"ping\",\"id\":1}";
      List<Unit> units = rpc(SERVER.token("gil"), lines).units();
      assertThat(units).hasSize(501);
      assertThat(units.subList(0, 500)).allMatch(unit -> unit.text("code").equals("bad_json"));
      assertThat(units.getLast().op()).isEqualTo("pong");
    }

    @Test
    void areHeldToTheRateOfTheConnection() {
      String lines = "{\"op\":\"send\",\"to\":\"t:fast\",\"data\":1}\n".repeat(2_000);
      List<Unit> backend = post("/v1/rpc", SERVER.key(), lines).units();
      assertThat(backend).hasSize(2_000).allMatch(unit -> unit.op().equals("ok"));

      List<Unit> user = rpc(SERVER.token("kim", List.of("t:*")), lines).units();
      assertThat(user.subList(0, 200)).allMatch(unit -> unit.op().equals("ok"));
      assertThat(user).anyMatch(unit -> unit.text("code").equals("rate"));
      assertThat(user)
          .filteredOn(unit -> unit.op().equals("err"))
          .allMatch(unit -> unit.number("retry") > 0);
    }

    @Test
    void mayBeNone() {
      Response none = rpc(SERVER.token("gil"), "\n\r\n");
      assertThat(none.status()).isEqualTo(200);
      assertThat(none.body()).isEmpty();
    }
  }

  @Nested
  class TheShorthand {
    @Test
    void sendsTheBodyAsText() {
      LineSpeaker lea = SERVER.line("lea");
      Response response = post("/v1/send/u:lea", SERVER.key(), "two\nlines \"quoted\" ünï");
      assertThat(response.status()).isEqualTo(200);
      assertThat(lea.next("msg").text("data")).isEqualTo("two\nlines \"quoted\" ünï");
    }

    @Test
    void sendsTheBodyAsJsonWhereItSaysSo() {
      LineSpeaker mia = SERVER.line("mia");
      Response response = post("/v1/send/u:mia", SERVER.key(), "{\n  \"a\": [1,\r\n 2]\n}\n", JSON);
      assertThat(response.status()).isEqualTo(200);
      assertThat(mia.next("msg").json("data")).isEqualTo("{\"a\":[1,2]}");
      String charset = "Content-Type: Application/JSON; charset=utf-8";
      assertThat(post("/v1/send/u:mia", SERVER.key(), "7", charset).status()).isEqualTo(200);
      assertThat(mia.next("msg").json("data")).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "1,\"to\":\"u:nil\"",
          "1}\n{\"op\":\"send\",\"to\":\"u:nil\",\"data\":1",
          "1}{\"a\":1",
          "1,\"a\":2",
          "{\"a\":1",
          "[1}",
          "'text'",
          "",
          " ",
          "\u0000",
          "\"a\nb\"",
        })
    void refusesWhatIsNotOneJsonValue(String body) {
      LineSpeaker nil = SERVER.line("nil");
      Response response = post("/v1/send/u:ole", SERVER.key(), body, JSON);
      assertThat(response.status()).as(response.body()).isEqualTo(400);
      assertThat(response.unit().text("code")).isEqualTo("bad_json");
      assertThat(nil.ask("{\"op\":\"ping\",\"id\":1}").op()).as("nothing came").isEqualTo("pong");
    }

    @Test
    void refusesTextThatIsNoUtf8() {
      byte[] latin = {'a', (byte) 0xE9};
      Response response = post("/v1/send/u:ole", SERVER.key(), latin);
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.unit().text("code")).isEqualTo("bad_json");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "/v1/send/u:ole%22,%22data%22:%22x",
          "/v1/send/",
          "/v1/send/ole",
          "/v1/send/u:ole%0A%7B%7D",
          "/v1/send/p:ole",
          "/v1/send/u:ole?as=%22",
        })
    void refusesAddressesThatAreNone(String target) {
      Response response = post(target, SERVER.key(), "x");
      assertThat(response.status()).as(response.body()).isEqualTo(400);
      assertThat(response.unit().text("code")).isEqualTo("bad_request");
    }

    @Test
    void takesTheIdempotencyKeyForCid() {
      String header = "Idempotency-Key: order-17";
      Response first = post("/v1/send/u:pia", SERVER.key(), "paid", header);
      Response again = post("/v1/send/u:pia", SERVER.key(), "paid", header);
      assertThat(again.unit().number("seq")).isEqualTo(first.unit().number("seq"));
      assertThat(first.unit().has("dup")).isFalse();
      assertThat(again.unit().json("dup")).isEqualTo("true");
      Response other = post("/v1/send/u:pia", SERVER.key(), "cancelled", header);
      assertThat(other.status()).isEqualTo(409);
      assertThat(other.unit().text("code")).isEqualTo("cid");
      Response tooLong =
          post("/v1/send/u:pia", SERVER.key(), "x", "Idempotency-Key: " + "k".repeat(65));
      assertThat(tooLong.status()).isEqualTo(400);
    }

    @Test
    void actsForAnotherWhereTheTokenMay() {
      LineSpeaker quinn = SERVER.line("quinn");
      assertThat(post("/v1/send/u:quinn?as=ruth", SERVER.key(), "hi").status()).isEqualTo(200);
      assertThat(quinn.next("msg").text("in")).isEqualTo("u:ruth");
      Response response = post("/v1/send/u:quinn?as=ruth", SERVER.token("sam"), "hi");
      assertThat(response.status()).isEqualTo(403);
      assertThat(response.unit().text("code")).isEqualTo("forbidden");
    }

    @Test
    void isRefusedWhereTheBodyIsTooLargeForData() {
      Response response = post("/v1/send/u:ole", SERVER.key(), "x".repeat(32 * 1024));
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.unit().text("code")).isEqualTo("too_large");
      assertThat(post("/v1/send/u:ole", SERVER.key(), "x".repeat(32 * 1024 - 2)).status())
          .isEqualTo(200);
    }
  }

  @Nested
  class Tokens {
    @Test
    void mayStandInTheUrl() {
      String target = "/v1/rpc?token=" + SERVER.token("tom");
      Response response =
          SERVER
              .http()
              .say(
                  List.of("POST " + target + " HTTP/1.1", "Host: localhost", "Content-Length: 13"),
                  "{\"op\":\"ping\"}".getBytes(StandardCharsets.UTF_8))
              .next();
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.unit().op()).isEqualTo("pong");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "X-Nothing: here",
          "Authorization: Bearer wrong",
          "Authorization: Basic YWxpY2U6",
          "Authorization: Bearer",
          "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.",
        })
    void areDemandedBeforeTheBodyIsRead(String header) {
      var http = SERVER.http();
      // Its body never comes: who waits for it waits for ever.
      Response response =
          http.ask("POST /v1/rpc HTTP/1.1", "Host: localhost", "Content-Length: 1000000", header);
      assertThat(response.status()).isEqualTo(401);
      assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer");
      assertThat(response.unit().text("code")).isEqualTo("unauthorized");
      http.wire().assertEnds();
    }

    @Test
    void areNotWaitedForByAClientThatAsksFirst() {
      var http = SERVER.http();
      http.say(
          "POST /v1/rpc HTTP/1.1",
          "Host: localhost",
          "Authorization: Bearer " + SERVER.key(),
          "Content-Length: 13",
          "Expect: 100-continue");
      assertThat(http.wire().line()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(http.wire().line()).isEmpty();
      http.wire().write("{\"op\":\"ping\"}");
      assertThat(http.next().unit().op()).isEqualTo("pong");
    }
  }

  @Test
  void whoDiesBeforeHisAnswerIsForgotten() {
    String lines = "{\"op\":\"send\",\"to\":\"u:dead\",\"data\":1}\n".repeat(500);
    LineSpeaker dead = SERVER.line("dead");
    var http = SERVER.http();
    http.say(
        List.of(
            "POST /v1/rpc HTTP/1.1",
            "Host: localhost",
            "Authorization: Bearer " + SERVER.key(),
            "Content-Length: " + lines.length()),
        lines.getBytes(StandardCharsets.UTF_8));
    dead.next("msg"); // it is under way
    http.wire().reset();
    assertThat(rpc(SERVER.token("gil"), "{\"op\":\"ping\"}").unit().op()).isEqualTo("pong");
  }

  @Test
  void aRefusalIsHeardByWhoIsStillSending() {
    byte[] body = new byte[4 * 1024 * 1024];
    var http = SERVER.http();
    Set<Throwable> failures = ConcurrentHashMap.newKeySet();
    Thread sends =
        Thread.ofVirtual()
            .start(() -> {
              try {
                http.say(
                    List.of(
                        "POST /v1/rpc HTTP/1.1",
                        "Host: localhost",
                        "Content-Length: " + body.length),
                    body);
              } catch (RuntimeException e) {
                failures.add(e); // it may well be cut off, once the answer is there
              }
            });
    assertThat(http.next().status()).isEqualTo(401);
    http.close();
    assertThat(sends).satisfies(Thread::join);
    assertThat(failures).hasSizeLessThan(2);
  }
}
