package dev.tidings.engine;

import dev.tidings.engine.Batch.Step;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Takes into mind what another node of a shared store has kept: everything that the writer
/// remembers then is what the store has, as if it had written that itself. Confined to the writer.
///
/// What is not worth following in detail is forgotten, and read again when it is needed. To add a
/// kind of row that something is remembered of, add it here.
final class Absorbing {
  private final StoreState state;
  private final Logs logs;
  private final Marks marks;
  private final MoveRows moveRows;
  private final Moves moves;
  private final Expiries expiries;
  private final Erasing erasing;
  private final Sanctions sanctions;
  private final DefinedChannels channels;

  /// The pointers in the batch in hand: of each conversation how far both its users' reach.
  private final Map<Long, Reach> pointers = new HashMap<>();

  private boolean erases;

  private record Reach(long until, int users) {}

  Absorbing(
      StoreState state,
      Logs logs,
      Marks marks,
      MoveRows moveRows,
      Moves moves,
      Expiries expiries,
      Erasing erasing,
      Sanctions sanctions,
      DefinedChannels channels) {
    this.state = state;
    this.logs = logs;
    this.marks = marks;
    this.moveRows = moveRows;
    this.moves = moves;
    this.expiries = expiries;
    this.erasing = erasing;
    this.sanctions = sanctions;
    this.channels = channels;
  }

  void absorb(Batch batch) {
    pointers.clear();
    erases = false;
    for (Step step : batch.steps()) {
      switch (step) {
        case Step.Put(byte[] key, byte[] value) -> put(key, value);
        case Step.Delete(byte[] key) -> delete(key);
        case Step.DeleteRange(byte[] from, byte[] _) -> deleteRange(from);
      }
    }
    pointers.forEach(this::point);
    if (erases) {
      erasing.absorb();
    }
  }

  private void put(byte[] key, byte[] value) {
    switch (key[0]) {
      case 'L' -> entry(key, value);
      case 'M' -> logs.inMind(Keys.lastNumber(key)).ifPresent(log -> meta(log, Meta.of(value)));
      case 'N' -> logs.forget(Keys.named(key), marks);
      case 'T' ->
          logs.inMind(Keys.lastNumber(key))
              .ifPresent(log -> log.trimmedBytes = Trimmed.of(value).bytes());
      case Store.MARKS ->
          logs.inMind(Keys.numberIn(key)).ifPresent(log -> marks.absorbFiled(log, key));
      case 'A' -> pointer(key, Pointer.of(value));
      case 'R' -> blocks(key, Standing.of(value).blocks());
      case 'X' -> expiries.absorb(key);
      case 'E' -> erases = true;
      case 'C' -> channels.absorb(key, value);
      case Keys.SANCTION, Keys.REVOKED -> sanctions.absorb(key, value);
      case Keys.MOVES -> moveRows.absorb(key, value, moves);
      case 'S' -> {
        state.absorb(key, value);
        if (Arrays.equals(key, Keys.WINDOWS)) {
          marks.absorbWindows(value);
        }
      }
      default -> {
        // nothing is remembered of it
      }
    }
  }

  private void entry(byte[] key, byte[] row) {
    Log log = logs.inMind(Keys.numberIn(key)).orElse(null);
    if (log == null) {
      return;
    }
    long seq = Keys.lastNumber(key);
    if (seq <= log.head) {
      return; // written anew: where it stands in the log is as before
    }
    if (seq != log.head + 1) {
      logs.forget(log.id(), marks);
      return;
    }
    Entry entry = EntryRow.read(seq, row);
    log.head = seq;
    log.keptHead = seq;
    log.headMillis = entry.tsMillis();
    log.messages = entry.messages();
    log.bytes = EntryRow.bytesUpTo(row);
    log.movedBy = entry.commit();
    marks.absorbEntry(log, seq, row);
  }

  private void meta(Log log, Meta meta) {
    long markedFrom = log.meta.markedFrom();
    log.meta = meta;
    if (meta.markedFrom() != markedFrom) {
      marks.absorbFiledFrom(log, markedFrom);
    }
  }

  private void pointer(byte[] key, Pointer pointer) {
    Log log = logs.inMind(Keys.lastNumber(key)).orElse(null);
    if (log == null) {
      return;
    }
    String user = Keys.userOf(key);
    if (user.equals(log.id().firstUser())) {
      log.firstUserWrote = pointer.wrote();
    }
    if (user.equals(log.id().secondUser())) {
      log.secondUserWrote = pointer.wrote();
    }
    int users = log.id().firstUser().equals(log.id().secondUser()) ? 2 : 1;
    pointers.merge(
        log.number(),
        new Reach(pointer.mayMoveUntil(), users),
        (one, other) ->
            new Reach(Math.min(one.until(), other.until()), one.users() + other.users()));
  }

  /// One pointer alone says nothing of the other user's.
  private void point(long number, Reach reach) {
    logs.inMind(number)
        .ifPresent(log -> {
          if (reach.users() >= 2) {
            log.pointedUntil = reach.until();
          } else {
            log.pointedUntil = Math.min(log.pointedUntil, reach.until());
          }
        });
  }

  private void blocks(byte[] key, boolean blocks) {
    Log log = logs.inMind(Keys.lastNumber(key)).orElse(null);
    if (log == null || log.id().kind() != ConversationId.Kind.PRIVATE) {
      return;
    }
    String user = Keys.userOf(key);
    if (user.equals(log.id().firstUser())) {
      log.firstUserBlocks = blocks;
    } else {
      log.secondUserBlocks = blocks;
    }
  }

  private void delete(byte[] key) {
    switch (key[0]) {
      case 'A' -> pointer(key, new Pointer(0, false));
      case 'R' -> blocks(key, false);
      case 'E' -> erases = true;
      case 'C' -> channels.absorb(key, new byte[0]);
      case Keys.SANCTION, Keys.REVOKED -> sanctions.absorbDeleted(key);
      case Keys.MOVES -> moveRows.absorbDeleted(key);
      default -> {
        // trimmed entries and the like: the bound that moved says so
      }
    }
  }

  private void deleteRange(byte[] from) {
    if (from[0] == 'A' || from[0] == 'R') {
      logs.forgetUser(Keys.userOf(from));
    }
  }
}
