package dev.tidings.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.Answer;
import dev.tidings.engine.Conversation;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.protocol.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;

/// From where a reader is read on, and what he is told of that is not there any more.
class CatchUpTest {
  private static final ConversationId OPS = new ConversationId(ConversationId.Kind.GROUP, "ops");

  private static Answer.Page page(long seq) {
    Entry entry =
        new Entry(
            seq,
            Entry.Kind.MESSAGE,
            "ann",
            "",
            List.of(),
            Payload.of("1"),
            0,
            seq,
            seq,
            Entry.Extras.NONE);
    return new Answer.Page(new Conversation(1, OPS, "e"), 1, seq, List.of(entry), true, seq);
  }

  /// What waited when he came his `sync` has told him, and maybe it is not his. What follows is
  /// his.
  @Test
  void onlyWhatWaitedWhenHeCameMayBeMissingUntold() {
    CatchUp notes = new CatchUp();
    notes.readFrom(OPS, 1, 2);
    notes.readFrom(OPS, 3, 3);
    CatchUp.PageRequest first = notes.next(9).orElseThrow();
    assertThat(first.after()).isZero();
    assertThat(first.doubtful()).isEqualTo(3);
    notes.gave(page(1));
    CatchUp.PageRequest second = notes.next(9).orElseThrow();
    assertThat(second.after()).isEqualTo(1);
    assertThat(second.doubtful()).as("he was given the one before").isZero();
  }
}
