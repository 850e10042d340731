package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.page;
import static dev.tidings.engine.EngineBed.refused;
import static dev.tidings.engine.EngineBed.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.Retention.Keep;
import dev.tidings.engine.Retention.Rule;
import dev.tidings.protocol.ErrorCode;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// What is kept and what is trimmed, whatever the engine stands on.
public abstract class RetentionContract extends EngineFixture {
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  private static Rule entries(String pattern, long most) {
    return new Rule(pattern, new Keep(most, Keep.UNBOUNDED, Keep.UNBOUNDED));
  }

  private static Rule millis(String pattern, long most) {
    return new Rule(pattern, new Keep(Keep.UNBOUNDED, most, Keep.UNBOUNDED));
  }

  private static Rule bytes(String pattern, long most) {
    return new Rule(pattern, new Keep(Keep.UNBOUNDED, Keep.UNBOUNDED, most));
  }

  /// Opens the same data again under these rules.
  private void keeping(Rule... rules) {
    limits = LIMITS.withRetention(new Retention(List.of(rules)));
    restart();
  }

  private void sends(int count, String from, String to) {
    for (int i = 0; i < count; i++) {
      bed.sending(from, to, "", Integer.toString(i));
    }
    bed.settle();
  }

  /// Lets the engine tidy up until that has come true.
  private void tidies(BooleanSupplier until) {
    for (int i = 0; i < 1_000 && !until.getAsBoolean(); i++) {
      clock.advance(Trimming.LOOK_EVERY_MILLIS);
      bed.settle();
    }
    assertThat(until.getAsBoolean()).as("has come true in the end").isTrue();
  }

  private long low(String reader, String in) {
    return bed.all(reader, in).low();
  }

  @Test
  void withoutARuleAllIsKept() {
    keeping(entries("t:*", 3));
    sends(20, "ann", "u:bob");
    clock.advance(1_000 * HOUR);
    sends(1, "ann", "t:news");
    bed.settle();
    assertThat(seqs(bed.all("ann", "u:bob").items())).containsExactlyElementsOf(upTo(1, 20));
  }

  @Test
  void theNewestSoManyAreKeptUnderTheirNumbers() {
    keeping(entries("t:*", 10));
    sends(30, "ann", "t:news");
    tidies(() -> low("ann", "t:news") == 21);
    Answer.Page page = bed.all("ann", "t:news");
    assertThat(seqs(page.items())).containsExactlyElementsOf(upTo(21, 30));
    assertThat(page.head()).isEqualTo(30);
    assertThat(page.more()).isFalse();
    assertThat(bed.send("ann", "t:news", "1").seq()).isEqualTo(31);
    Answer.Page below =
        page(bed.history("ann", "t:news", OptionalLong.empty(), OptionalLong.of(21)));
    assertThat(below.items()).isEmpty();
    assertThat(below.more()).isFalse();
  }

  @Test
  void theFirstRuleThatFitsDecides() {
    keeping(new Rule("t:archive*", Keep.ALL), entries("t:news", 5), entries("*", 2));
    sends(10, "ann", "t:archive/a");
    sends(10, "ann", "t:news");
    sends(10, "ann", "t:other");
    sends(10, "ann", "u:bob");
    tidies(() -> low("ann", "t:news") == 6 && low("ann", "u:bob") == 9);
    tidies(() -> low("ann", "t:other") == 9);
    assertThat(low("ann", "t:archive/a")).isEqualTo(1);
  }

  @Test
  void whatIsTooOldGoesAlsoWhereNobodyWrites() {
    keeping(millis("g:*", HOUR));
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    sends(5, "ann", "g:ops");
    clock.advance(HOUR / 2);
    sends(5, "ann", "g:ops");
    clock.advance(HOUR / 2 + 2);
    tidies(() -> low("ann", "g:ops") == 7);
    clock.advance(HOUR / 2);
    tidies(() -> low("ann", "g:ops") == 12);
    Answer.Page page = bed.all("bob", "g:ops");
    assertThat(page.items()).isEmpty();
    assertThat(page.head()).isEqualTo(11);
  }

  @Test
  void aLogThatWasTrimmedEmptyGoesOnWhereItStood() {
    keeping(millis("*", HOUR));
    Answer.Appended before = bed.send("ann", "u:bob", "1");
    sends(4, "ann", "u:bob");
    clock.advance(HOUR + 1);
    tidies(() -> low("ann", "u:bob") == 6);
    clock.setBack(HOUR + 2);
    restart();
    Answer.Appended after = bed.send("bob", "u:ann", "6");
    assertThat(after.seq()).isEqualTo(6);
    assertThat(after.conversation()).isEqualTo(before.conversation());
    assertThat(after.tsMillis()).as("time never falls").isGreaterThanOrEqualTo(before.tsMillis());
    Entry entry = bed.all("bob", "u:ann").items().getFirst();
    assertThat(entry.messages()).isEqualTo(6);
  }

  @Test
  void theNewestBytesAreKept() {
    keeping(bytes("t:*", 100_000));
    String large = "\"" + "x".repeat(9_960) + "\""; // ten of them fit
    for (int i = 0; i < 50; i++) {
      bed.sending("ann", "t:news", "", large);
    }
    tidies(() -> low("ann", "t:news") == 41);
    restart();
    bed.send("ann", "t:news", "\"" + "x".repeat(20_000) + "\"");
    tidies(() -> low("ann", "t:news") == 44);
  }

  @Test
  void rulesThatWereGivenLaterTrimWhatIsThere() {
    sends(3_000, "ann", "t:news");
    keeping(entries("t:*", 10));
    clock.advance(Trimming.PASS_EVERY_MILLIS);
    bed.settle();
    restart();
    tidies(() -> low("ann", "t:news") == 2_991);
    assertThat(seqs(bed.all("ann", "t:news").items()))
        .containsExactlyElementsOf(upTo(2_991, 3_000));
  }

  /// The promise of `cid` does not depend on what became of the entry.
  @Test
  void aRepeatOfWhatWasTrimmedIsStillARepeat() {
    keeping(entries("*", 1));
    Answer.Appended first = done(bed.sendWith("ann", "u:bob", "c", "1"));
    sends(600, "ann", "u:bob");
    tidies(() -> low("ann", "u:bob") == 601);
    assertRepeat(first);
    restart();
    assertRepeat(first);
    clock.advance(LIMITS.dedupeSeconds() * 1_000L - HOUR / 2);
    restart();
    assertRepeat(first);
    assertThat(refused(bed.sendWith("ann", "u:bob", "c", "2"))).isEqualTo(ErrorCode.CID);
  }

  private void assertRepeat(Answer.Appended first) {
    Answer.Appended repeat = done(bed.sendWith("ann", "u:bob", "c", "1"));
    assertThat(repeat.duplicate()).isTrue();
    assertThat(repeat.seq()).isEqualTo(first.seq());
  }

  @Test
  void aSyncTellsWhatWasTrimmedMeanwhile() {
    keeping(entries("g:*", 5), millis("u:*", HOUR));
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.send("ann", "u:bob", "1");
    String cursor = bed.sync("bob", "").cursor();
    sends(20, "ann", "g:ops");
    bed.send("ann", "u:bob", "2");
    clock.advance(HOUR + 1);
    tidies(() -> low("ann", "g:ops") == 17 && low("ann", "u:bob") == 3);
    Answer.SyncPage page = bed.sync("bob", cursor);
    assertThat(page.rows()).hasSize(2);
    for (Answer.Row row : page.rows()) {
      boolean group = row.conversation().id().equals(id("bob", "g:ops"));
      assertThat(row.low()).isEqualTo(group ? 17 : 3);
      assertThat(row.head()).isEqualTo(group ? 21 : 2);
    }
    assertThat(bed.sync("bob", page.cursor()).rows()).isEmpty();
  }

  @Test
  void whoLeftLearnsNothingOfWhatIsTrimmedSince() {
    keeping(entries("g:*", 2));
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.remove("ann", "g:ops", "bob");
    sends(20, "ann", "g:ops");
    tidies(() -> low("ann", "g:ops") == 21);
    Answer.Page page = bed.all("bob", "g:ops");
    assertThat(page.low()).isEqualTo(3);
    assertThat(page.head()).isEqualTo(2);
    assertThat(page.items()).isEmpty();
    Answer.Row row = bed.sync("bob", "").rows().getFirst();
    assertThat(row.low()).isEqualTo(3);
    assertThat(row.head()).isEqualTo(2);
  }

  @Test
  void aFirstVisitMayFindTheAnnouncementsTrimmed() {
    keeping(millis("a:*", HOUR));
    sends(3, "root", "a:all");
    clock.advance(HOUR + 1);
    bed.settle();
    tidies(() -> {
      bed.visit("ann");
      return low("ann", "a:all") == 4;
    });
    assertThat(bed.all("ann", "a:all").head()).isEqualTo(3);
    bed.send("root", "a:all", "4");
    assertThat(seqs(bed.all("ann", "a:all").items())).containsExactly(4L);
  }

  private static List<Long> upTo(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
