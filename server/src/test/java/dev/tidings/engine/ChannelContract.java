package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.refused;
import static dev.tidings.engine.EngineBed.seqs;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Announcement channels that the operator defines and removes while the server runs.
public abstract class ChannelContract extends EngineFixture {
  private static final ConversationId STAFF = id("", "a:staff");

  private Ask defining(ConversationId channel, String filter) {
    return bed.submit(ticket -> new Change.DefineChannel(ticket, channel, filter));
  }

  private void define(String filter) {
    assertThat(defining(STAFF, filter).answer()).isEqualTo(new Answer.Done());
  }

  private Answer remove() {
    return bed.change(ticket -> new Change.RemoveChannel(ticket, STAFF));
  }

  private void admit(long from, String... users) {
    assertThat(bed.change(ticket -> new Change.Admit(ticket, STAFF, from, List.of(users))))
        .isEqualTo(new Answer.Done());
  }

  private Answer.Row row(String user) {
    Answer answer = bed.read(new Query.Sync(user, List.of(STAFF), "", 1, 9, "", 1 << 20));
    return ((Answer.SyncPage) answer)
        .rows().stream()
            .filter(row -> row.conversation().id().equals(STAFF))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void whatTheOperatorDefinesIsToldInItsPlaceAndOutlivesARestart() {
    define("role:staff");
    bed.send("server", "a:staff", "1");
    Ask changed = defining(STAFF, "role:é|boss");
    Ask sent = bed.sending("server", "a:staff", "", "2");
    changed.answer();
    sent.answer();
    List<String> told = new ArrayList<>();
    for (Committed each : bed.committed()) {
      if (each instanceof Committed.ChannelDefined(var _, String filter, long head)) {
        told.add(filter + " at " + head);
      } else if (each instanceof Committed.Appended appended) {
        told.add("entry " + appended.entry().seq());
      }
    }
    assertThat(told).containsExactly("role:staff at 0", "entry 1", "role:é|boss at 1", "entry 2");
    assertThat(bed.engine().channels()).isEqualTo(Map.of("staff", "role:é|boss"));
    restart();
    assertThat(bed.engine().channels()).isEqualTo(Map.of("staff", "role:é|boss"));
  }

  @Test
  void aChannelThatIsDefinedAgainGoesOnWhereItStood() {
    define("role:staff");
    admit(0, "ann");
    Answer.Appended first = bed.send("server", "a:staff", "1");
    assertThat(remove()).isEqualTo(new Answer.Done());
    assertThat(bed.engine().channels()).isEmpty();
    assertThat(refused(remove())).isEqualTo(ErrorCode.NOT_FOUND);
    restart();
    assertThat(bed.engine().channels()).isEmpty();
    define("role:boss");
    Answer.Appended second = bed.send("server", "a:staff", "2");
    assertThat(second.seq()).isEqualTo(2);
    assertThat(second.conversation()).isEqualTo(first.conversation());
    assertThat(seqs(bed.all("ann", "a:staff").items())).containsExactly(1L, 2L);
  }

  @Test
  void itBeginsForWhoIsAdmittedWhereItWasSaid() {
    define("role:staff");
    for (int i = 1; i <= 4; i++) {
      bed.send("server", "a:staff", "" + i);
    }
    admit(2, "ann", "bob");
    admit(Long.MAX_VALUE, "cat");
    admit(4, "ann");
    assertThat(bed.committed())
        .filteredOn(Committed.Admitted.class::isInstance)
        .extracting(each -> {
          Committed.Admitted admitted = (Committed.Admitted) each;
          return admitted.who() + " " + admitted.after() + " " + admitted.head();
        })
        .containsExactly("[ann, bob] 1 4", "[cat] 3 4", "[ann] 3 4");
    restart();
    assertThat(seqs(bed.all("ann", "a:staff").items())).containsExactly(2L, 3L, 4L);
    assertThat(seqs(bed.all("cat", "a:staff").items())).containsExactly(4L);
    assertThat(row("bob").stand().unread()).as("as who comes has read the newest").isEqualTo(2);
    assertThat(row("cat").stand().unread()).isZero();
  }

  @Test
  void nobodyIsAdmittedToAChannelThatWasRemoved() {
    define("role:staff");
    bed.send("server", "a:staff", "1");
    Ask removed = bed.submit(ticket -> new Change.RemoveChannel(ticket, STAFF));
    Ask admitted = bed.submit(ticket -> new Change.Admit(ticket, STAFF, 1, List.of("ann")));
    assertThat(removed.answer()).isEqualTo(new Answer.Done());
    assertThat(admitted.answer()).isEqualTo(new Answer.Done());
    assertThat(bed.committed()).noneMatch(Committed.Admitted.class::isInstance);
    Answer unseen = bed.history("ann", "a:staff", OptionalLong.of(0), OptionalLong.empty());
    assertThat(refused(unseen)).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void channelsAreBoundedAndRemovingOneMakesRoom() {
    List<Ask> asked = new ArrayList<>();
    for (int i = 0; i < DefinedChannels.CHANNELS_MAX - 1; i++) {
      asked.add(defining(id("", "a:c" + i), "x:y"));
    }
    asked.forEach(ask -> assertThat(ask.answer()).isEqualTo(new Answer.Done()));
    define("x:y");
    ConversationId more = id("", "a:more");
    assertThat(refused(defining(more, "x:y").answer())).isEqualTo(ErrorCode.TOO_MANY);
    define("x:z");
    Ask removed = bed.submit(ticket -> new Change.RemoveChannel(ticket, STAFF));
    Ask defined = defining(more, "x:y");
    assertThat(removed.answer()).isEqualTo(new Answer.Done());
    assertThat(defined.answer()).isEqualTo(new Answer.Done());
    assertThat(refused(defining(STAFF, "x:y").answer())).isEqualTo(ErrorCode.TOO_MANY);
    assertThat(bed.engine().channels()).hasSize(DefinedChannels.CHANNELS_MAX);
  }
}
