package dev.tidings.transport;

import dev.tidings.base.Clock;
import dev.tidings.base.Lane;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TLS as the port speaks it, and the certificate that it shows: from two files, which may change
/// while it runs. Shared by all lanes.
///
/// Whoever renews a certificate writes two files, one after the other. So what does not fit
/// together is no news but an unfinished one: the certificate of before stays, the reason is logged
/// once, and the files are looked at again.
public final class Tls {
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

  private static final long LOOK_EVERY_MILLIS = 10_000;
  private static final int FILE_BYTES_MAX = 1024 * 1024;

  /// Resumption costs the server nothing while it is written into the client's ticket; only older
  /// clients have a place here.
  private static final int SESSIONS_MAX = 1_000;

  private final Path certificateFile;
  private final Path keyFile;
  private final boolean demanded;
  private final Clock clock;

  /// What the files held when they were last looked at. Confined to [#look()].
  private byte[] certificateSeen = {};

  private byte[] keySeen = {};

  private volatile SslContext context;

  /// @param demanded nothing but TLS is spoken
  /// @throws IOException if the files are not such as can be begun with; the message says why
  public Tls(Path certificateFile, Path keyFile, boolean demanded, Clock clock) throws IOException {
    this.certificateFile = certificateFile;
    this.keyFile = keyFile;
    this.demanded = demanded;
    this.clock = clock;
    try {
      certificateSeen = read(certificateFile);
      keySeen = read(keyFile);
      context = context(certificateSeen, keySeen);
    } catch (Certificate.Unusable e) {
      throw new IOException("--tls-cert " + certificateFile + ": " + e.getMessage(), e);
    }
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(FILE_BYTES_MAX);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + e, e);
    }
  }

  private SslContext context(byte[] chain, byte[] key) throws Certificate.Unusable {
    Certificate certificate = Certificate.of(chain, key, clock.epochMillis());
    try {
      SslContext made =
          SslContextBuilder.forServer(
                  certificate.key(), certificate.chain().toArray(X509Certificate[]::new))
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .sessionCacheSize(SESSIONS_MAX)
              .build();
      LOG.info("tls certificate {}", certificate.inWords());
      return made;
    } catch (SSLException e) {
      throw new Certificate.Unusable("it is not fit for TLS", e);
    }
  }

  /// Looks at the files again and again, beside the lane: a disk may keep one waiting.
  public void watch(Lane lane) {
    lane.schedule(
        () -> {
          watch(lane);
          Thread.ofVirtual().name("tls").start(this::look);
        },
        LOOK_EVERY_MILLIS);
  }

  /// Shows the certificate that is in the files now, if it is a good one. Connections that live
  /// keep theirs.
  synchronized void look() {
    try {
      byte[] chain = read(certificateFile);
      byte[] key = read(keyFile);
      if (Arrays.equals(chain, certificateSeen) && Arrays.equals(key, keySeen)) {
        return;
      }
      certificateSeen = chain;
      keySeen = key;
      context = context(chain, key);
    } catch (IOException | Certificate.Unusable e) {
      LOG.warn("tls certificate not renewed, the one before stays: {}", e.getMessage());
    }
  }

  /// Whether a connection that does not begin with TLS is refused.
  boolean isDemanded() {
    return demanded;
  }

  /// Speaks TLS on one channel. Who does not get through the handshake in time is closed by whoever
  /// waits behind it for a first byte.
  SslHandler handler(Channel channel) {
    SslHandler handler = context.newHandler(channel.alloc());
    handler.setHandshakeTimeout(FirstByte.SILENT_SECONDS_MAX, TimeUnit.SECONDS);
    return handler;
  }
}
