package dev.tidings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Keeps the code on the floors of ARCHITECTURE.md. To add a package, add it to the table there.
class MapTest {
  @Test
  void everyPackageKeepsToItsFloor() throws IOException {
    List<FloorMap.Arrow> arrows =
        FloorMap.arrows(jdeps(Checkout.root().resolve("server/target/classes")));
    assertThat(arrows).as("what jdeps found").isNotEmpty();
    var map = FloorMap.parse(Files.readString(Checkout.root().resolve("ARCHITECTURE.md")));
    assertThat(map.violations(arrows)).isEmpty();
  }

  @Test
  void onlyTheBaseAsksForTimeAndChance() throws IOException {
    assertThat(scan("server/src/main/java", BannedWords.IN_THE_SERVER)).isEmpty();
  }

  @Test
  void noTestSleeps() throws IOException {
    assertThat(scan("server/src/test/java", BannedWords.IN_TESTS)).isEmpty();
    assertThat(scan("client/src/test/java", BannedWords.IN_TESTS)).isEmpty();
    assertThat(scan("testbed/src/test/java", BannedWords.IN_TESTS)).isEmpty();
    assertThat(scan("testbed/src/main/java", BannedWords.IN_TESTS)).isEmpty();
    assertThat(scan("bench/src/test/java", BannedWords.IN_TESTS)).isEmpty();
  }

  /// A guard that cannot fail guards nothing.
  @Nested
  class TheMapCanFail {
    private static final String TABLE =
        """
        | Floor | Package | Purpose | Runs on |
        |---|---|---|---|
        | 9 | `(root)` | the wiring | main |
        | 7 | `transport` | one port | lane |
        | 7 | `http` | pages; sees `transport` | virtual |
        | 5 | `hub` | one switch | lane |
        | 3 | `session` | outboxes | lane |
        | 2 | `engine` `presence` | ports | any |
        | 0 | `base` | clock | any |
        """;

    @ParameterizedTest
    @CsvSource({
      "dev.tidings.session.Session, dev.tidings.hub.Hub, upwards",
      "dev.tidings.session.Session, dev.tidings.transport.ws.Upgrade, upwards",
      "dev.tidings.base.Ids, dev.tidings.Main, upwards",
      "dev.tidings.engine.Engine, dev.tidings.presence.Presence, along the floor",
      "dev.tidings.transport.Port, dev.tidings.http.Router, along the floor",
      "dev.tidings.common.Strings, dev.tidings.base.Ids, package common has no floor",
      "dev.tidings.hub.Hub, dev.tidings.common.Strings, package common has no floor",
      "dev.tidings.common.Strings, java.lang.Object, package common has no floor",
      "dev.tidings.hub.Hub, dev.tidings.client.Client, only the root",
    })
    void anArrowAgainstTheTableIsReported(String from, String to, String words) {
      assertThat(violations(from, to)).singleElement().asString().contains(words);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "java.net.Socket",
          "java.nio.channels.SocketChannel",
          "java.nio.file.Files",
          "java.io.File",
          "java.io.FileInputStream",
          "java.io.RandomAccessFile",
          "java.lang.Thread",
          "java.lang.Thread$Builder",
          "java.lang.ThreadLocal",
          "java.util.Timer",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ExecutorService",
          "java.util.concurrent.CompletableFuture",
          "java.util.concurrent.ConcurrentLinkedQueue",
          "java.util.concurrent.ConcurrentSkipListSet",
          "java.util.concurrent.locks.ReentrantLock",
          "io.netty.buffer.ByteBuf",
          "org.rocksdb.RocksDB",
          "io.lettuce.core.RedisClient",
        })
    void noiseInTheCoreIsReported(String noise) {
      assertThat(violations("dev.tidings.hub.Hub", noise))
          .singleElement()
          .asString()
          .contains("quiet core", noise);
    }

    @ParameterizedTest
    @CsvSource({
      "dev.tidings.hub.Hub, dev.tidings.session.Session",
      "dev.tidings.hub.Hub, dev.tidings.hub.Hub$Walk",
      "dev.tidings.transport.ws.Upgrade, dev.tidings.transport.tcp.Lines",
      "dev.tidings.http.Router, dev.tidings.transport.Port",
      "dev.tidings.Main, dev.tidings.client.Client",
      "dev.tidings.hub.Hub, java.util.concurrent.ConcurrentHashMap",
      "dev.tidings.hub.Hub, java.util.concurrent.ConcurrentHashMap$KeySetView",
      "dev.tidings.hub.Hub, java.util.concurrent.ConcurrentMap",
      "dev.tidings.hub.Hub, java.util.concurrent.ConcurrentNavigableMap",
      "dev.tidings.hub.Hub, java.util.concurrent.ConcurrentSkipListMap",
      "dev.tidings.hub.Hub, java.util.concurrent.Executor",
      "dev.tidings.hub.Hub, java.util.concurrent.atomic.AtomicReference",
      "dev.tidings.hub.Hub, java.io.UncheckedIOException",
      "dev.tidings.transport.Port, io.netty.channel.Channel",
      "dev.tidings.base.Ids, java.lang.Thread",
    })
    void anArrowThatTheTableAllowsIsNot(String from, String to) {
      assertThat(violations(from, to)).isEmpty();
    }

    @Test
    void aPackageStandsInTheTableOnce() {
      assertThatThrownBy(() -> FloorMap.parse(TABLE + "| 3 | `hub` | again | lane |\n"))
          .hasMessageContaining("hub stands twice");
    }

    @Test
    void aMissingTableIsNotAnEmptyMap() {
      assertThatThrownBy(() -> FloorMap.parse("# Architecture")).hasMessageContaining("no table");
    }

    /// Reads the map's words from this class's own file, so that a change of the tool's format is
    /// seen.
    @Test
    void jdepsNamesBothEndsOfAnArrow() throws IOException {
      List<FloorMap.Arrow> arrows =
          FloorMap.arrows(jdeps(Checkout.root().resolve("server/target/test-classes")));
      assertThat(arrows)
          .contains(new FloorMap.Arrow("dev.tidings.MapTest", "dev.tidings.FloorMap"))
          .contains(new FloorMap.Arrow("dev.tidings.MapTest", "java.nio.file.Files"));
    }

    private static List<String> violations(String from, String to) {
      return FloorMap.parse(TABLE).violations(List.of(new FloorMap.Arrow(from, to)));
    }
  }

  @Nested
  class TheScanCanFail {
    @ParameterizedTest
    @CsvSource({
      "Instant.now(), Clock",
      "java.time.LocalDate.now(), Clock",
      "System.currentTimeMillis(), Clock",
      "System.nanoTime(), Clock",
      "new Random(), Ids",
      "Math.random(), Ids",
      "UUID.randomUUID(), Ids",
    })
    void aBannedCallIsReportedWithItsLineAndItsSubstitute(String call, String substitute) {
      assertThat(inTheServer("hub", "class Hub {\n  Object x = " + call + ";\n}"))
          .singleElement()
          .asString()
          .contains("Hub.java:2", substitute);
      assertThat(inTheServer("base", "Object x = " + call + ";")).isEmpty();
    }

    @Test
    void aLaneMayMeasureItselfButNotTellTheTime() {
      assertThat(inTheServer("lane", "long start = System.nanoTime();")).isEmpty();
      assertThat(inTheServer("lane", "long now = System.currentTimeMillis();")).hasSize(1);
    }

    @Test
    void commentsAndStringsMaySpeakOfWhatIsBanned() {
      String source =
          """
          /// Not Instant.now(), see Clock.
          /* Math.random()
             and more */
          String quote = "it's \\"new Random()\\"";
          String block = \"""
              System.nanoTime()
              \""";
          char c = '"'; long late = System.currentTimeMillis();
          """;
      assertThat(inTheServer("hub", source)).singleElement().asString().contains("Hub.java:8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Thread.sleep(10);", "TimeUnit.SECONDS.sleep(1);"})
    void aTestThatSleepsIsReported(String statement) {
      assertThat(BannedWords.IN_TESTS.violations("HubTest.java", "hub", statement)).hasSize(1);
    }

    private static List<String> inTheServer(String place, String source) {
      return BannedWords.IN_THE_SERVER.violations("Hub.java", place, source);
    }
  }

  private static List<String> scan(String folder, BannedWords banned) throws IOException {
    Path sources = Checkout.root().resolve(folder);
    if (!Files.isDirectory(sources)) {
      return List.of();
    }
    Path packages = sources.resolve("dev/tidings");
    List<Path> files;
    try (Stream<Path> walk = Files.walk(sources)) {
      files = walk.filter(file -> file.toString().endsWith(".java")).toList();
    }
    var violations = new ArrayList<String>();
    for (Path file : files) {
      Path below = packages.relativize(file);
      String place = below.getNameCount() == 1 ? "" : below.getName(0).toString();
      violations.addAll(
          banned.violations(
              Checkout.root().relativize(file).toString(), place, Files.readString(file)));
    }
    return violations;
  }

  private static String jdeps(Path classes) {
    var out = new StringWriter();
    int exit =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(
                new PrintWriter(out),
                new PrintWriter(out),
                "-verbose:class",
                "-filter:none",
                "--multi-release",
                "base",
                classes.toString());
    assertThat(exit).as(out.toString()).isZero();
    return out.toString();
  }
}
