package dev.tidings.engine;

import dev.tidings.engine.CommitListener.Answered;
import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One batch while it is being decided: what it will write, and what will be said once that is
/// kept. Confined to the writer.
final class Turn {
  final Batch batch = new Batch();
  final long commit;
  final long nowMillis;
  final Level level;
  private final Trimming trimming;
  final List<Committed> committed = new ArrayList<>();
  final List<Answered> answers = new ArrayList<>();
  final List<Change.Read> reads = new ArrayList<>();

  /// How many more users and tokens the operator has said something of in this batch.
  int usersSanctioned;

  int tokensRevoked;

  /// How many more channels there are since this batch.
  int channelsDefined;

  final List<Runnable> whenKept = new ArrayList<>();

  /// How many groups a user entered or left in this batch, which the store does not know yet.
  private final Map<String, Integer> groupsEntered = new HashMap<>();

  Turn(long commit, long nowMillis, Level level, Trimming trimming) {
    this.commit = commit;
    this.nowMillis = nowMillis;
    this.level = level;
    this.trimming = trimming;
  }

  /// Whether something was decided that must be kept before anybody hears of it.
  boolean binding;

  void answer(Change change, Answer answer) {
    answers.add(new Answered(change.ticket(), answer));
  }

  /// Gives an entry its place in the log's order. True for everybody once the batch is kept.
  ///
  /// @param digest of the request, empty where there is no `cid`
  Entry append(
      Log log,
      Entry.Kind kind,
      String from,
      String cid,
      List<String> who,
      Payload data,
      byte[] digest,
      Entry.Extras extras) {
    if (log.movedBy != commit) {
      log.movedBy = commit;
      log.keptHead = log.head;
    }
    log.head++;
    log.headMillis = Math.max(nowMillis, log.headMillis);
    log.messages += kind == Entry.Kind.MESSAGE ? 1 : 0;
    Entry entry =
        new Entry(
            log.head, kind, from, cid, who, data, log.headMillis, log.messages, commit, extras);
    byte[] key = Keys.entry(log.number(), entry.seq());
    log.bytes += EntryRow.sizeOf(from, cid, who, data);
    // A text has one place only: what an edit says is kept where it is said of.
    Entry kept = kind == Entry.Kind.EDIT ? entry.withData(Entry.NO_DATA) : entry;
    byte[] row = EntryRow.of(kept, digest, log.bytes);
    log.recentBytes += row.length;
    trimming.grew(log);
    if (cid.isEmpty()) {
      batch.putUnseen(key, row);
    } else {
      batch.put(key, row); // a repeat in this batch looks at it
    }
    committed.add(new Committed.Appended(log.conversation, entry));
    return entry;
  }

  /// The answer to who caused `entry`.
  Answer.Appended appended(Log log, Entry entry) {
    return new Answer.Appended(log.conversation, entry.seq(), entry.tsMillis(), level, false);
  }

  /// The answer where nothing had to be written down in the log.
  Answer.Appended nothingToSay(Log log) {
    return new Answer.Appended(log.conversation, 0, nowMillis, level, false);
  }

  /// The numbers of the conversations that this batch moves, ascending, each once.
  long[] moved() {
    long[] numbers = new long[committed.size()];
    int count = 0;
    for (Committed each : committed) {
      if (!(each instanceof Committed.Signalled)) {
        numbers[count++] = each.conversation().number();
      }
    }
    Arrays.sort(numbers, 0, count);
    int different = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || numbers[i] != numbers[i - 1]) {
        numbers[different++] = numbers[i];
      }
    }
    return Arrays.copyOf(numbers, different);
  }

  /// All of it is kept as safely as that, and not as was thought: so the answers say.
  void isKept(Level truly) {
    if (truly != level) {
      answers.replaceAll(each ->
          each.answer() instanceof Answer.Appended done
              ? new Answered(each.ticket(), done.at(truly))
              : each);
    }
  }

  /// To be done when this batch is kept, before anybody is told.
  void whenKept(Runnable work) {
    whenKept.add(work);
  }

  void noteGroups(String user, int more) {
    groupsEntered.merge(user, more, Integer::sum);
  }

  int groupsEntered(String user) {
    return groupsEntered.getOrDefault(user, 0);
  }
}
