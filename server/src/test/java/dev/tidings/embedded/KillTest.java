package dev.tidings.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Answer;
import dev.tidings.engine.EngineBed;
import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Entry;
import dev.tidings.engine.Level;
import dev.tidings.engine.Query;
import dev.tidings.engine.Store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that appends as fast as it can, at any moment, and looks at what it left.
///
/// Two rounds in the suite, as many as wished with `-Dtidings.kills=…`.
class KillTest {
  private static final int ROUNDS = Integer.getInteger("tidings.kills", 2);

  /// What the process said was kept.
  private record Confirmed(String to, String epoch, long seq, String cid) {
    static Confirmed parse(String line) {
      String[] words = line.split(" ", -1);
      return new Confirmed(words[0], words[1], Long.parseLong(words[2]), words[3]);
    }
  }

  @TempDir private Path data;
  private final Random random = new Random();

  @Test
  void whatWasConfirmedIsThereOnceAfterEveryKill() throws IOException, InterruptedException {
    List<Confirmed> confirmed = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      confirmed.addAll(killed(Level.DISK, "r" + round + "-"));
      try (EmbeddedEngine engine = reopened(BootId.ofThisMachine())) {
        EngineBed bed = bed(engine);
        compare(bed, confirmed);
        repeatTheLast(bed, confirmed);
      }
    }
  }

  @Test
  void unsyncedEntriesOutliveAKillAndAreDoubtedAfterTheMachineWentDown()
      throws IOException, InterruptedException {
    List<Confirmed> confirmed = killed(Level.MEMORY, "m-");
    try (EmbeddedEngine engine = reopened(BootId.ofThisMachine())) {
      compare(bed(engine), confirmed);
    }
    confirmed = killed(Level.MEMORY, "n-");
    try (EmbeddedEngine engine = reopened("another start of the machine")) {
      Confirmed last = confirmed.getLast();
      assertThat(all(bed(engine), last.to()).epoch()).isNotEqualTo(last.epoch());
    }
  }

  /// Starts the process and kills it somewhere in the middle.
  private List<Confirmed> killed(Level level, String cids)
      throws IOException, InterruptedException {
    int lines = 1 + random.nextInt(4_000);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                AppendingProcess.class.getName(),
                data.toString(),
                level.name(),
                cids)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Confirmed> confirmed = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      assertThatThrownBy(() -> reopened(""))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("in use");
      while (line != null) {
        // The last line may be cut, like everything else.
        if (line.endsWith(";")) {
          confirmed.add(Confirmed.parse(line.substring(0, line.length() - 1)));
        }
        if (confirmed.size() == lines) {
          // By its handle, which leaves what it printed to be read to the end.
          process.toHandle().destroyForcibly();
        }
        line = out.readLine();
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).isNotZero();
    assertThat(confirmed).hasSizeGreaterThanOrEqualTo(lines);
    return confirmed;
  }

  private EmbeddedEngine reopened(String boot) {
    Clock clock = Clock.system();
    return new EmbeddedEngine(
        RocksStore.open(data, RocksStore.Memory.DEFAULTS),
        DiskGuard.of(data, clock),
        boot,
        Level.DISK,
        EngineLimits.DEFAULTS,
        clock,
        new Ids(random));
  }

  private static EngineBed bed(EmbeddedEngine engine) {
    return new EngineBed(new Driven(engine, () -> false, /* ownThreads= */ true));
  }

  private void compare(EngineBed bed, List<Confirmed> confirmed) {
    Map<String, Log> logs = new HashMap<>();
    for (Confirmed each : confirmed) {
      Log log = logs.computeIfAbsent(each.to(), to -> all(bed, to));
      assertThat(log.epoch()).isEqualTo(each.epoch());
      assertThat(log.cids().size()).as("%s", each).isGreaterThanOrEqualTo((int) each.seq());
      assertThat(log.cids().get((int) each.seq() - 1)).as("%s", each).isEqualTo(each.cid());
    }
    logs.forEach((to, log) -> assertThat(log.cids()).as(to).doesNotHaveDuplicates());
  }

  /// The process may have died before its last sends were answered, or between the answer and the
  /// line: who repeats them all finds each of them once.
  private void repeatTheLast(EngineBed bed, List<Confirmed> confirmed) {
    Confirmed last = confirmed.getLast();
    int number = AppendingProcess.numberOf(last.cid());
    String cids = last.cid().substring(0, last.cid().length() - Integer.toString(number).length());
    int before = Math.max(0, number - 2 * AppendingProcess.IN_FLIGHT);
    int behind = number + 2 * AppendingProcess.IN_FLIGHT;
    Map<Integer, Ask> repeats = new TreeMap<>();
    for (int i = before; i <= behind; i++) {
      String to = AppendingProcess.addressOf(i);
      String same = AppendingProcess.dataOf(i);
      repeats.put(i, bed.sending(AppendingProcess.USER, to, cids + i, same));
    }
    repeats.forEach((i, repeat) -> {
      Answer.Appended done = EngineBed.done(repeat.answer());
      String epoch = done.conversation().epoch();
      confirmed.add(new Confirmed(AppendingProcess.addressOf(i), epoch, done.seq(), cids + i));
    });
    compare(bed, confirmed);
  }

  private record Log(String epoch, List<String> cids) {}

  private static Log all(EngineBed bed, String to) {
    List<String> cids = new ArrayList<>();
    Answer.Page page;
    do {
      Query query =
          new Query.History(
              EngineBed.id(AppendingProcess.USER, to),
              AppendingProcess.USER,
              "",
              OptionalLong.of(cids.size()),
              OptionalLong.empty(),
              200,
              1 << 20,
              false);
      page = EngineBed.page(bed.read(query));
      for (Entry entry : page.items()) {
        assertThat(entry.seq()).as("no hole in %s", to).isEqualTo(cids.size() + 1);
        cids.add(entry.cid());
      }
    } while (page.more());
    return new Log(page.conversation().epoch(), cids);
  }
}
