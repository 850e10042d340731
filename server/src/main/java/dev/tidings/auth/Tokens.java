package dev.tidings.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.tidings.auth.Authenticator.Verdict;
import dev.tidings.protocol.Address;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Signs and checks tokens with one secret: JWT, HS256 and nothing else, whatever a token's header
/// says. Safe for use by several threads.
@SuppressWarnings("JavaUtilDate") // the library speaks of time in no other way
public final class Tokens {
  /// RFC 7518 §3.2: the key must be at least as long as the hash.
  public static final int KEY_BYTES_MIN = 32;

  /// How far the clocks of who signs and who checks may be apart.
  private static final long SKEW_MILLIS = 30_000;

  private final MACVerifier verifier;
  private final MACSigner signer;

  /// @throws IllegalArgumentException if the key is shorter than [#KEY_BYTES_MIN]
  public Tokens(String key) {
    byte[] secret = key.getBytes(StandardCharsets.UTF_8);
    if (secret.length < KEY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "the key has " + secret.length + " bytes, HS256 needs at least " + KEY_BYTES_MIN);
    }
    try {
      this.verifier = new MACVerifier(secret);
      this.signer = new MACSigner(secret);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the key cannot be used for HS256", e);
    }
  }

  /// A token for `user` that lives for `lifeSeconds`.
  ///
  /// @param service whether it may act for others
  /// @param send patterns of addresses it may send to; empty: the default
  public String sign(
      String user, boolean service, List<String> send, long nowMillis, long lifeSeconds) {
    return sign(user, service, send, Map.of(), nowMillis, lifeSeconds);
  }

  /// As [#sign(String, boolean, List, long, long)], with labels.
  public String sign(
      String user,
      boolean service,
      List<String> send,
      Map<String, String> labels,
      long nowMillis,
      long lifeSeconds) {
    Map<String, List<String>> caps = send.isEmpty() ? Map.of() : Map.of("send", send);
    return sign(user, service, caps, labels, "", nowMillis, lifeSeconds);
  }

  /// As the other ones.
  ///
  /// @param caps lists of patterns by name (docs/protocol.md §11); one that is not there stands for
  ///   its default
  /// @param id `jti`, by which it can be revoked; `""` for none
  public String sign(
      String user,
      boolean service,
      Map<String, List<String>> caps,
      Map<String, String> labels,
      String id,
      long nowMillis,
      long lifeSeconds) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .subject(user)
            .issueTime(new Date(nowMillis))
            .expirationTime(new Date(nowMillis + lifeSeconds * 1_000));
    if (!id.isEmpty()) {
      claims.jwtID(id);
    }
    if (service) {
      claims.claim("svc", true);
    }
    if (!caps.isEmpty()) {
      claims.claim("caps", caps);
    }
    if (!labels.isEmpty()) {
      claims.claim("labels", labels);
    }
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("HS256 is part of every platform", e);
    }
    return token.serialize();
  }

  /// Who a token speaks for.
  public Verdict verify(String token, long nowMillis) {
    JWTClaimsSet claims;
    try {
      SignedJWT signed = SignedJWT.parse(token);
      if (!signed.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256)) {
        return new Verdict.Rejected("only tokens signed with HS256 are taken");
      }
      if (!signed.verify(verifier)) {
        return new Verdict.Rejected("the token's signature is wrong");
      }
      claims = signed.getJWTClaimsSet();
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      return new Verdict.Rejected("not a signed token");
    }
    return claimed(claims, nowMillis);
  }

  private static Verdict claimed(JWTClaimsSet claims, long nowMillis) {
    String user = claims.getSubject();
    if (user == null || !Address.isName(user)) {
      return new Verdict.Rejected("the token's sub is no user name");
    }
    Date expires = claims.getExpirationTime();
    if (expires == null) {
      return new Verdict.Rejected("the token has no exp");
    }
    if (expires.getTime() + SKEW_MILLIS < nowMillis) {
      return new Verdict.Expired();
    }
    Date notBefore = claims.getNotBeforeTime();
    if (notBefore != null && notBefore.getTime() - SKEW_MILLIS > nowMillis) {
      return new Verdict.Rejected("the token is not valid yet");
    }
    try {
      Boolean service = claims.getBooleanClaim("svc");
      Caps caps = caps(claims.getJSONObjectClaim("caps"));
      Map<String, String> labels = labels(claims.getJSONObjectClaim("labels"));
      return new Verdict.Accepted(
          new Identity(
              user,
              service != null && service,
              caps,
              OptionalLong.of(expires.getTime()),
              labels,
              mark(claims)));
    } catch (ParseException e) {
      return new Verdict.Rejected("the token's svc, caps or labels have the wrong form");
    }
  }

  private static Map<String, String> labels(@Nullable Map<String, Object> claim)
      throws ParseException {
    if (claim == null || claim.isEmpty()) {
      return Map.of();
    }
    Map<String, String> labels = new HashMap<>();
    for (Map.Entry<String, Object> label : claim.entrySet()) {
      if (!(label.getValue() instanceof String value)) {
        throw new ParseException("the label " + label.getKey() + " is no string", 0);
      }
      labels.put(label.getKey(), value);
    }
    return Map.copyOf(labels);
  }

  private static Identity.TokenMark mark(JWTClaimsSet claims) {
    String id = claims.getJWTID();
    Date issued = claims.getIssueTime();
    return id == null && issued == null
        ? Identity.TokenMark.NONE
        : new Identity.TokenMark(id == null ? "" : id, issued == null ? 0 : issued.getTime());
  }

  /// A list that is not there stands for its default; one that is there says everything.
  private static Caps caps(@Nullable Map<String, Object> claim) throws ParseException {
    if (claim == null) {
      return Caps.DEFAULT;
    }
    return new Caps(
        patterns(claim, "send", Caps.DEFAULT.send()),
        patterns(claim, "sub", Caps.DEFAULT.subscribe()),
        patterns(claim, "group", Caps.DEFAULT.group()),
        patterns(claim, "op", Caps.DEFAULT.ops()));
  }

  private static List<String> patterns(Map<String, Object> claim, String name, List<String> absent)
      throws ParseException {
    Object value = claim.get(name);
    if (value == null) {
      return absent;
    }
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw new ParseException("caps." + name + " is no list of patterns", 0);
  }
}
