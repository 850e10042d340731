package dev.tidings.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A chain of certificates and the key of the first, both read from PEM and checked: who has one of
/// these can show it.
///
/// @param chain the server's own first
record Certificate(List<X509Certificate> chain, PrivateKey key) {
  /// It cannot be shown; the message says why, for the operator.
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }

    Unusable(String message, Throwable cause) {
      super(message + ": " + cause.getMessage(), cause);
    }
  }

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  /// The number 0, the version of a key in PKCS#8.
  private static final byte[] VERSION = {0x02, 0x01, 0x00};

  /// Reads and checks.
  ///
  /// @param nowMillis when it is to be valid
  static Certificate of(byte[] chainPem, byte[] keyPem, long nowMillis) throws Unusable {
    List<X509Certificate> chain = chain(chainPem);
    X509Certificate own = chain.getFirst();
    Instant from = own.getNotBefore().toInstant();
    Instant until = own.getNotAfter().toInstant();
    if (nowMillis < from.toEpochMilli() || nowMillis > until.toEpochMilli()) {
      throw new Unusable("the certificate is good from %s to %s, not now".formatted(from, until));
    }
    PrivateKey key = key(keyPem, own.getPublicKey());
    if (!belong(key, own.getPublicKey())) {
      throw new Unusable("the key is not that of the certificate");
    }
    return new Certificate(chain, key);
  }

  /// Whom it is for, and until when it is good.
  String inWords() {
    X509Certificate own = chain.getFirst();
    return "subject=\"%s\" until=%s"
        .formatted(own.getSubjectX500Principal(), own.getNotAfter().toInstant());
  }

  private static List<X509Certificate> chain(byte[] pem) throws Unusable {
    try {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (chain.isEmpty()) {
        throw new Unusable("there is no certificate in it");
      }
      return chain;
    } catch (CertificateException e) {
      throw new Unusable("the certificate cannot be read", e);
    }
  }

  private static PrivateKey key(byte[] pem, PublicKey own) throws Unusable {
    Matcher found = PEM.matcher(new String(pem, StandardCharsets.US_ASCII));
    if (!found.find()) {
      throw new Unusable("there is no private key in it, in PEM");
    }
    String kind = found.group(1);
    if (kind.startsWith("ENCRYPTED") || found.group(2).contains(":")) {
      throw new Unusable(
          "the key is encrypted; openssl pkey -in KEY -out PLAIN-KEY takes that away");
    }
    try {
      byte[] key = Base64.getMimeDecoder().decode(found.group(2));
      return KeyFactory.getInstance(own.getAlgorithm())
          .generatePrivate(
              new PKCS8EncodedKeySpec(kind.equals("PRIVATE KEY") ? key : inPkcs8(key, own)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new Unusable("the key cannot be read, or is of another kind than the certificate", e);
    }
  }

  /// Older tools write `RSA PRIVATE KEY` and `EC PRIVATE KEY`, the key without the name of its
  /// kind. That name stands in the certificate (RFC 5280 §4.1), in the same words as PKCS#8 has it
  /// (RFC 5208 §5).
  private static byte[] inPkcs8(byte[] key, PublicKey own) {
    ByteBuffer info = ByteBuffer.wrap(own.getEncoded());
    contents(info); // step into the outer sequence
    int from = info.position();
    int length = contents(info);
    byte[] algorithm = new byte[info.position() + length - from];
    info.get(from, algorithm);
    ByteArrayOutputStream inside = new ByteArrayOutputStream();
    inside.writeBytes(VERSION);
    inside.writeBytes(algorithm);
    inside.writeBytes(der(OCTETS, key));
    return der(SEQUENCE, inside.toByteArray());
  }

  /// Goes behind the head of a DER value; answers how long what it contains is.
  private static int contents(ByteBuffer der) {
    der.get();
    int length = der.get() & 0xFF;
    if (length < 0x80) {
      return length;
    }
    int bytes = length & 0x7F;
    length = 0;
    for (int i = 0; i < bytes; i++) {
      length = length << 8 | (der.get() & 0xFF);
    }
    return length;
  }

  private static byte[] der(int tag, byte[] contents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(contents.length + 5);
    out.write(tag);
    if (contents.length < 0x80) {
      out.write(contents.length);
    } else {
      out.write(0x82); // two bytes follow, for no key is longer than that
      out.write(contents.length >> 8);
      out.write(contents.length);
    }
    out.writeBytes(contents);
    return out.toByteArray();
  }

  private static boolean belong(PrivateKey key, PublicKey own) throws Unusable {
    try {
      String algorithm =
          switch (own.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case String other -> other;
          };
      byte[] anything = {1, 2, 3};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(anything);
      byte[] signed = signature.sign();
      signature.initVerify(own);
      signature.update(anything);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      throw new Unusable("the key cannot sign for the certificate", e);
    }
  }
}
