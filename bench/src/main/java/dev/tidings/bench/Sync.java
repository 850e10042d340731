package dev.tidings.bench;

import dev.tidings.bench.process.BenchFailure;
import dev.tidings.bench.process.LineClient;
import dev.tidings.bench.process.ProcessorTime;
import dev.tidings.bench.process.Scratch;
import dev.tidings.bench.process.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// What it costs the server when somebody comes back.
@Command(
    name = "sync",
    description =
        "A user of many groups and private conversations comes back after some have moved, again and"
            + " again: the server's processor time for each sync, warm, and after a restart, when"
            + " nothing of them is in mind.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class Sync implements Callable<Integer> {
  private static final double CPU_MILLIS_MAX = 5;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

  /// Whatever a restart does beside answering is spread over so many.
  private static final int WARM_UP = 2_000;

  @Mixin private Setting setting = new Setting();

  @Option(names = "--groups", defaultValue = "200", description = "Groups of the user.")
  private int groups;

  @Option(
      names = "--private",
      defaultValue = "1000",
      description = "Private conversations of the user.")
  private int privates;

  @Option(
      names = "--changed",
      defaultValue = "50",
      description = "Conversations that move while the user is away, half of them groups.")
  private int changed;

  @Option(names = "--messages", defaultValue = "10", description = "Messages of each conversation.")
  private int messages;

  @Option(names = "--times", defaultValue = "2000", description = "Syncs that are measured.")
  private int times;

  @Override
  public Integer call() {
    try (Scratch scratch = setting.scratch()) {
      Report report = new Report("sync", scratch, System.out);
      ServerProcess server = setting.start(scratch);
      try {
        fill(server);
        String cursor = everything(server, report);
        move(server);
        report.say(
            "%,d groups and %,d private conversations, %,d of them changed",
            groups, privates, changed);
        report.note("groups", groups);
        report.note("privateConversations", privates);
        report.note("changed", changed);
        measure(server, cursor, report, "warm", "a sync since then");
        server.close();
        server = setting.start(scratch);
        measure(server, cursor, report, "restarted", "the same after a restart");
      } finally {
        server.close();
      }
      report.append(setting.results());
    }
    return 0;
  }

  private static LineClient connect(ServerProcess server, String user) {
    LineClient client = server.connect(ANSWER_MAX);
    client.ask("{\"op\":\"auth\",\"user\":\"" + user + "\"}", "welcome");
    return client;
  }

  private void fill(ServerProcess server) {
    try (LineClient owner = connect(server, "owner")) {
      owner.askAll(
          IntStream.range(0, groups)
              .mapToObj(i ->
                  "{\"op\":\"group\",\"do\":\"create\",\"in\":\"g:g%d\",\"members\":[\"alice\"]}"
                      .formatted(i))
              .toList());
      owner.askAll(sends("g:g", groups, messages));
    }
    for (int i = 0; i < privates; i++) {
      try (LineClient user = connect(server, "user" + i)) {
        user.askAll(
            IntStream.range(0, messages)
                .mapToObj(n ->
                    "{\"op\":\"send\",\"to\":\"u:alice\",\"data\":\"message %d\"}".formatted(n))
                .toList());
      }
    }
    try (LineClient alice = connect(server, "alice")) {
      alice.askAll(marks("g:g", groups));
      alice.askAll(marks("u:user", privates));
    }
    try (LineClient owner = connect(server, "owner")) {
      // Marks are of the commit to come: until it has come they are told again.
      owner.ask("{\"op\":\"send\",\"to\":\"u:owner\",\"data\":\"ready\"}", "ok");
    }
  }

  private static List<String> sends(String prefix, int count, int each) {
    List<String> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      for (int n = 0; n < each; n++) {
        units.add(
            "{\"op\":\"send\",\"to\":\"%s%d\",\"data\":\"message %d\"}".formatted(prefix, i, n));
      }
    }
    return units;
  }

  private static List<String> marks(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"op\":\"mark\",\"id\":1,\"in\":\"%s%d\",\"read\":3}".formatted(prefix, i))
        .toList();
  }

  /// A sync from scratch; its cursor.
  private String everything(ServerProcess server, Report report) {
    try (LineClient alice = connect(server, "alice")) {
      String next = "";
      int rows = 0;
      int pages = 0;
      ProcessorTime before = ProcessorTime.now(server.watched());
      while (true) {
        String from = next.isEmpty() ? "" : ",\"next\":\"" + next + "\"";
        JsonNode page = alice.ask("{\"op\":\"sync\"" + from + "}", "ok");
        rows += page.path("convs").size();
        pages++;
        if (!page.has("next")) {
          ProcessorTime.Span span = ProcessorTime.now(server.watched()).since(before);
          report.note("scratchPages", pages);
          report.note("scratchCpuMillis", span.server().toNanos() / 1e6);
          if (rows != groups + privates + 1) {
            throw new BenchFailure("expected a row for each conversation, not " + rows);
          }
          return page.path("cursor").asString();
        }
        next = page.path("next").asString();
      }
    }
  }

  private void move(ServerProcess server) {
    int half = Math.min(groups, changed / 2);
    try (LineClient owner = connect(server, "owner")) {
      owner.askAll(sends("g:g", half, 1));
    }
    for (int i = 0; i < changed - half; i++) {
      try (LineClient user = connect(server, "user" + i)) {
        user.ask("{\"op\":\"send\",\"to\":\"u:alice\",\"data\":\"new\"}", "ok");
      }
    }
  }

  private void measure(
      ServerProcess server, String cursor, Report report, String name, String words) {
    String sync = "{\"op\":\"sync\",\"since\":\"" + cursor + "\",\"tail\":1}";
    Histogram nanos = new Histogram(3);
    try (LineClient alice = connect(server, "alice")) {
      for (int i = 0; i < WARM_UP; i++) {
        check(alice.ask(sync, "ok"));
      }
      ProcessorTime before = ProcessorTime.now(server.watched());
      for (int i = 0; i < times; i++) {
        long begin = System.nanoTime();
        alice.ask(sync, "ok");
        nanos.recordValue(System.nanoTime() - begin);
      }
      ProcessorTime.Span span = ProcessorTime.now(server.watched()).since(before);
      report.atMost(
          name + "CpuMillis",
          words + ": ms of the server's processor",
          span.server().toNanos() / 1e6 / times,
          CPU_MILLIS_MAX);
      report.times(name + "Micros", "  answered after", nanos);
      report.processors(span);
    }
  }

  /// All that moved, and a:all.
  private void check(JsonNode page) {
    if (page.path("convs").size() != changed + 1) {
      throw new BenchFailure(
          "expected " + (changed + 1) + " rows, not " + page.path("convs").size());
    }
  }
}
