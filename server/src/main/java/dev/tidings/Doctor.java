package dev.tidings;

import dev.tidings.base.Clock;
import dev.tidings.config.ServerSettings;
import dev.tidings.lane.Io;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `tidings doctor`: looks whether this machine is fit to run a server, and says what to change.
@Command(
    name = "doctor",
    description = "Looks at file limits, disk, port and JDK, and says what to change.",
    mixinStandardHelpOptions = true)
final class Doctor implements Callable<Integer> {
  private static final int JDK_MIN = 25;
  private static final long FILES_GOOD = 20_000;
  private static final long DISK_BYTES_GOOD = 1L << 30;
  private static final int SYNCS = 32;
  private static final long SYNC_MICROS_GOOD = 20_000;

  @Option(names = "--port", defaultValue = "8080", description = "The port to try.")
  private int port;

  @Option(names = "--bind", defaultValue = "127.0.0.1", description = "The address to try.")
  private String bind = "127.0.0.1";

  @Option(names = "--data", defaultValue = "data", description = "The folder to try.")
  private Path data = Path.of("data");

  private int troubles;

  @Override
  public Integer call() {
    InetSocketAddress address = ServerSettings.address(bind, port);
    jdk();
    files();
    disk();
    io();
    port(address);
    System.out.println(troubles == 0 ? "All is well." : "Worth changing: " + troubles);
    return troubles == 0 ? 0 : 1;
  }

  private void say(boolean good, String what, String advice) {
    PrintStream out = System.out;
    out.println((good ? "ok    " : "look  ") + what);
    if (!good) {
      troubles++;
      out.println("      " + advice);
    }
  }

  private void jdk() {
    Runtime.Version version = Runtime.version();
    say(version.feature() >= JDK_MIN, "JDK " + version, "Install JDK " + JDK_MIN + " or newer.");
  }

  /// Each connection is a file; the limit stands in the fourth column of its line.
  private void files() {
    Path limits = Path.of("/proc/self/limits");
    try {
      String[] line =
          Files.readAllLines(limits).stream()
              .filter(each -> each.startsWith("Max open files"))
              .findFirst()
              .orElse("Max open files 0 0")
              .split("\\s+", -1);
      String soft = line[3];
      boolean good = soft.equals("unlimited") || Long.parseLong(soft) >= FILES_GOOD;
      say(
          good,
          "open files: at most " + soft + ", each connection takes one",
          "Raise it before starting: ulimit -n 1000000, or LimitNOFILE= in a unit of systemd.");
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      System.out.println("      open files: this system does not say (" + e.getMessage() + ")");
    }
  }

  private void disk() {
    try {
      Files.createDirectories(data);
      long free = Files.getFileStore(data).getUsableSpace();
      say(
          free >= DISK_BYTES_GOOD,
          "disk: " + (free >> 20) + " MiB free in " + data.toAbsolutePath(),
          "Give the folder of --data at least 1 GiB.");
      long micros = syncMicros();
      say(
          micros <= SYNC_MICROS_GOOD,
          "disk: one sync takes "
              + micros
              + " µs (middle of "
              + SYNCS
              + "); a lone sender waits that",
          "A faster disk, or --durability memory if losing the last moments is acceptable.");
    } catch (IOException e) {
      say(false, "disk: " + data + " cannot be written", e.toString());
    }
  }

  private long syncMicros() throws IOException {
    Clock clock = Clock.system();
    Path file = Files.createTempFile(data, "doctor", ".tmp");
    long[] micros = new long[SYNCS];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(512);
      for (int i = 0; i < SYNCS; i++) {
        long before = clock.monotonicMicros();
        channel.write(block.clear());
        channel.force(false);
        micros[i] = clock.monotonicMicros() - before;
      }
    } finally {
      Files.delete(file);
    }
    Arrays.sort(micros);
    return micros[SYNCS / 2];
  }

  /// What [Io#AUTO] takes is always there; the others are told of for who wants to choose.
  private void io() {
    Io taken = Io.AUTO.resolved();
    say(
        taken == Io.EPOLL,
        "sockets: --io auto takes " + taken.word(),
        "epoll is faster, but: " + Io.EPOLL.fault());
    String fault = Io.IO_URING.fault();
    System.out.println(
        "      --io io_uring is "
            + (fault.isEmpty() ? "possible here" : "not possible here: " + fault));
  }

  private void port(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
      say(true, "port " + port + " on " + bind + " is free", "");
    } catch (IOException e) {
      say(
          false,
          "port " + port + " on " + bind + ": " + e.getMessage(),
          "Something listens there already; choose another with --port.");
    }
  }
}
