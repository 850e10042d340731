package dev.tidings.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.tidings.base.Clock;
import dev.tidings.running.HttpSpeaker.Response;
import dev.tidings.running.RunningServer;
import dev.tidings.running.Speaker;
import dev.tidings.running.Unit;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which tokens a server with a key believes, on lines, WebSocket and POST alike.
@SuppressWarnings("JavaUtilDate") // the library speaks of time in no other way
class TokensOnTheWireTest {
  @RegisterExtension static final RunningServer SERVER = RunningServer.withKey();

  private static final byte[] KEY = RunningServer.KEY.getBytes(UTF_8);
  private static final long HOUR_MILLIS = 3_600_000;

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().subject("alice").expirationTime(inMillis(HOUR_MILLIS));
  }

  private static Date inMillis(long millis) {
    return new Date(Clock.system().epochMillis() + millis);
  }

  private static String signed(JWTClaimsSet.Builder claims) throws JOSEException {
    return signed(JWSAlgorithm.HS256, new MACSigner(KEY), claims.build());
  }

  private static String signed(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT token = new SignedJWT(new JWSHeader(algorithm), claims);
    token.sign(signer);
    return token.serialize();
  }

  static Stream<Arguments> thoseNotBelieved() throws JOSEException, NoSuchAlgorithmException {
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
    pairs.initialize(2048);
    byte[] otherKey = "another key of more than thirty-two bytes".getBytes(UTF_8);
    String good = signed(claims());
    String[] parts = good.split("\\.", -1);
    String root = encoded("{\"sub\":\"root\",\"exp\":9999999999}");
    return Stream.of(
        Arguments.of("no token", "hello"),
        Arguments.of("the key itself", RunningServer.KEY),
        Arguments.of("not signed (alg none)", new PlainJWT(claims().build()).serialize()),
        Arguments.of("signature left out", parts[0] + "." + parts[1] + "."),
        Arguments.of("other claims, same signature", parts[0] + "." + root + "." + parts[2]),
        Arguments.of(
            "alg none, signature kept",
            encoded("{\"alg\":\"none\"}") + "." + parts[1] + "." + parts[2]),
        Arguments.of(
            "another key", signed(JWSAlgorithm.HS256, new MACSigner(otherKey), claims().build())),
        Arguments.of(
            "HS384",
            signed(
                JWSAlgorithm.HS384,
                new MACSigner(RunningServer.KEY.repeat(2).getBytes(UTF_8)),
                claims().build())),
        Arguments.of(
            "RS256",
            signed(
                JWSAlgorithm.RS256,
                new RSASSASigner(pairs.generateKeyPair().getPrivate()),
                claims().build())),
        Arguments.of("no sub", signed(claims().subject(null))),
        Arguments.of("a sub that is no name", signed(claims().subject("alice smith"))),
        Arguments.of("no exp", signed(claims().expirationTime(null))),
        Arguments.of("an exp that is no number", signed(claims().claim("exp", "tomorrow"))),
        Arguments.of("not valid yet", signed(claims().notBeforeTime(inMillis(HOUR_MILLIS)))),
        Arguments.of("caps that are no object", signed(claims().claim("caps", "all"))),
        Arguments.of("caps that are no lists", signed(claims().claim("caps", Map.of("send", "*")))),
        Arguments.of(
            "caps with numbers", signed(claims().claim("caps", Map.of("send", List.of(1))))),
        Arguments.of("svc that is no bool", signed(claims().claim("svc", "yes"))));
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void thoseNotBelieved(String what, String token) {
    for (Speaker stranger : List.of(SERVER.line(), SERVER.webSocket())) {
      stranger.say("{\"op\":\"auth\",\"id\":1,\"token\":\"" + token + "\"}");
      Unit err = stranger.assertErr("unauthorized");
      assertThat(err.number("id")).isEqualTo(1);
      assertThat(err.line()).as("a refusal repeats no secret").doesNotContain(token);
      stranger.assertBye("auth_failed", 4500);
    }
    Response response = post(token);
    assertThat(response.status()).as(what).isEqualTo(401);
    assertThat(response.unit().text("code")).isEqualTo("unauthorized");
  }

  private static Response post(String token) {
    return SERVER
        .http()
        .say(
            List.of(
                "POST /v1/rpc HTTP/1.1",
                "Host: localhost",
                "Authorization: Bearer " + token,
                "Content-Length: 13"),
            "{\"op\":\"ping\"}".getBytes(UTF_8))
        .next();
  }

  @Test
  void oneThatHasExpiredIsToldApartForANewOneWillDo() throws JOSEException {
    String token = signed(claims().expirationTime(inMillis(-31_000)));
    for (Speaker late : List.of(SERVER.line(), SERVER.webSocket())) {
      late.say("{\"op\":\"auth\",\"token\":\"" + token + "\"}");
      late.assertErr("unauthorized");
      late.assertBye("token_expired", 4005);
    }
    assertThat(post(token).status()).isEqualTo(401);
  }

  @Test
  void clocksMayBeHalfAMinuteApart() throws JOSEException {
    String late = signed(claims().expirationTime(inMillis(-5_000)));
    assertThat(SERVER.line().auth("\"token\":\"" + late + "\"").op()).isEqualTo("welcome");
    String early = signed(claims().notBeforeTime(inMillis(5_000)));
    assertThat(SERVER.line().auth("\"token\":\"" + early + "\"").op()).isEqualTo("welcome");
  }

  @Test
  void aNameAloneIsNotEnough() {
    for (Speaker stranger : List.of(SERVER.line(), SERVER.webSocket())) {
      stranger.say("{\"op\":\"auth\",\"user\":\"alice\"}");
      stranger.assertErr("unauthorized");
      stranger.assertBye("auth_failed", 4500);
    }
  }

  @Test
  void capsSayWhatItMay() throws JOSEException {
    Map<String, Object> caps = Map.of("send", List.of("u:bob", "t:news.*"), "sub", List.of());
    Speaker alice = SERVER.line();
    alice.auth("\"token\":\"" + signed(claims().claim("caps", caps)) + "\"");
    assertThat(alice.ask("{\"op\":\"send\",\"to\":\"u:bob\",\"data\":1}").op()).isEqualTo("ok");
    assertThat(alice.ask("{\"op\":\"send\",\"to\":\"t:news.rain\",\"data\":1}").op())
        .isEqualTo("ok");
    for (String unit :
        List.of(
            "{\"op\":\"send\",\"to\":\"u:bobby\",\"data\":1}",
            "{\"op\":\"send\",\"to\":\"t:other\",\"data\":1}",
            "{\"op\":\"send\",\"to\":\"a:all\",\"data\":1}",
            "{\"op\":\"sub\",\"in\":\"t:news.rain\"}")) {
      alice.say(unit);
      alice.assertErr("forbidden");
    }
  }

  @Test
  void aSecondAuthRenewsItForTheSameUserOnly() throws JOSEException {
    Speaker alice = SERVER.webSocket();
    alice.auth("\"token\":\"" + signed(claims()) + "\"");
    Date later = inMillis(2 * HOUR_MILLIS);
    Unit again =
        alice.auth("\"token\":\"" + signed(claims().expirationTime(later)) + "\",\"id\":2");
    assertThat(again.number("exp")).isEqualTo(later.getTime() / 1_000 * 1_000);
    alice.say(
        "{\"op\":\"auth\",\"token\":\"" + signed(claims().subject("bob").claim("x", 1)) + "\"}");
    alice.assertErr("forbidden");
    assertThat(alice.ask("{\"op\":\"ping\",\"id\":3}").op()).isEqualTo("pong");
    alice.say("{\"op\":\"auth\",\"token\":\"wrong\"}");
    alice.assertErr("unauthorized");
    alice.assertBye("auth_failed", 4500);
  }

  @Test
  void withAKeyPagesOfOtherSitesMayConnect() {
    Speaker alice =
        SERVER.webSocketAt("/v1/ws?token=" + SERVER.token("alice"), "Origin: https://example.org");
    assertThat(alice.next().op()).isEqualTo("welcome");
  }
}
