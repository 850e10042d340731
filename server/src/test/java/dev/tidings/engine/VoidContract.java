package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.refused;
import static dev.tidings.engine.EngineBed.seqs;
import static dev.tidings.engine.EngineBed.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.engine.Entry.VoidBy;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Payload;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Entries whose time is over, and those of a user who was erased: they keep their number and say
/// nothing any more.
public abstract class VoidContract extends EngineFixture {
  private static final String SECRET = "\"a secret\"";

  private Answer sendFor(int seconds, String from, String to, String cid) {
    return bed.change(ticket ->
        new Change.Append(
            ticket, id(from, to), from, cid, List.of(), Payload.of(SECRET), seconds, false));
  }

  private Entry read(String reader, String in, int seq) {
    return bed.all(reader, in).items().get(seq - 1);
  }

  private void assertVoid(Entry entry, VoidBy reason) {
    assertThat(entry.voidBy()).isEqualTo(reason);
    assertThat(entry.data().sizeBytes()).isZero();
  }

  /// What stands in the store, whatever is shown of it.
  private boolean isStored(String text) {
    return stored().stream().anyMatch(value -> value.contains(text));
  }

  /// Everything that the store holds, as text.
  protected abstract List<String> stored();

  private void settleUntilGone() {
    for (int i = 0; i < 100 && isStored("a secret"); i++) {
      bed.settle();
    }
    assertThat(isStored("a secret")).isFalse();
  }

  // ---- Time to live -----------------------------------------------------------------------------

  @Test
  void anEntryIsVoidFromTheMomentOnThatItsTimeIsOver() {
    bed.send("ann", "u:bob", "1");
    Answer.Appended done = done(sendFor(60, "ann", "u:bob", ""));
    bed.send("ann", "u:bob", "3");
    clock.advance(59_999);
    assertThat(read("bob", "u:ann", 2).isVoid()).isFalse();
    clock.advance(1);
    Entry over = read("bob", "u:ann", 2);
    assertVoid(over, VoidBy.TTL);
    assertThat(over.seq()).isEqualTo(done.seq());
    assertThat(over.tsMillis()).isEqualTo(done.tsMillis());
    assertThat(over.rev()).isZero();
    assertThat(seqs(bed.all("bob", "u:ann").items())).containsExactly(1L, 2L, 3L);
    Answer answer = bed.read(new Query.Sync("bob", List.of(), "", 2, 9, "", 1 << 20));
    assertVoid(((Answer.SyncPage) answer).rows().getFirst().tail().getFirst(), VoidBy.TTL);
  }

  @Test
  void whatIsOverGoesFromTheStoreAlsoAfterARestart() {
    sendFor(60, "ann", "u:bob", "c");
    sendFor(3_000, "ann", "t:news", "");
    restart();
    clock.advance(60_000);
    bed.settle();
    assertThat(isStored("a secret")).as("the other lives").isTrue();
    clock.advance(3_000_000);
    settleUntilGone();
    assertVoid(read("bob", "u:ann", 1), VoidBy.TTL);
    restart();
    assertVoid(read("bob", "u:ann", 1), VoidBy.TTL);
  }

  @Test
  void aRepeatOfWhatIsOverIsStillARepeat() {
    Answer.Appended first = done(sendFor(60, "ann", "u:bob", "c"));
    clock.advance(61_000);
    settleUntilGone();
    Answer.Appended repeat = done(sendFor(60, "ann", "u:bob", "c"));
    assertThat(repeat.duplicate()).isTrue();
    assertThat(repeat.seq()).isEqualTo(first.seq());
  }

  @Test
  void whatIsOverCannotBeEdited() {
    sendFor(60, "ann", "u:bob", "");
    clock.advance(60_000);
    Answer edited =
        bed.change(ticket ->
            new Change.Edit(ticket, id("ann", "u:bob"), "ann", "", "", 1, Payload.of("2"), false));
    assertThat(refused(edited)).isEqualTo(ErrorCode.TOO_LATE);
  }

  @Test
  void anEditLivesAsLongAsItsMessage() {
    sendFor(60, "ann", "u:bob", "");
    done(
        bed.change(ticket ->
            new Change.Edit(
                ticket, id("ann", "u:bob"), "ann", "", "", 1, Payload.of(SECRET), false)));
    assertThat(read("bob", "u:ann", 2).data().sizeBytes()).isPositive();
    clock.advance(60_000);
    assertVoid(read("bob", "u:ann", 1), VoidBy.TTL);
    assertThat(read("bob", "u:ann", 1).rev()).isEqualTo(2);
    assertThat(read("bob", "u:ann", 2).data().sizeBytes()).isZero();
    settleUntilGone();
  }

  @Test
  void whatIsTrimmedBeforeItsTimeIsOverIsForgotten() {
    limits =
        LIMITS.withRetention(
            new Retention(
                List.of(
                    new Retention.Rule(
                        "*",
                        new Retention.Keep(
                            1, Retention.Keep.UNBOUNDED, Retention.Keep.UNBOUNDED)))));
    restart();
    sendFor(60, "ann", "u:bob", "");
    bed.send("ann", "u:bob", "2");
    bed.settle();
    clock.advance(61_000);
    bed.settle();
    settleUntilGone();
    assertThat(seqs(bed.all("bob", "u:ann").items())).containsExactly(2L);
  }

  /// One batch trims an entry and finds that its time is over, or that its author is erased.
  @Test
  void whatIsTrimmedIsNotBroughtBack() {
    limits =
        LIMITS.withRetention(
            new Retention(
                List.of(
                    new Retention.Rule(
                        "*",
                        new Retention.Keep(
                            Retention.Keep.UNBOUNDED, 60_000, Retention.Keep.UNBOUNDED)))));
    restart();
    sendFor(60, "ann", "u:bob", "");
    sendFor(60, "ann", "u:bob", "");
    erase("ann");
    clock.advance(61_000);
    for (int i = 0; i < 10; i++) {
      clock.advance(Trimming.PASS_EVERY_MILLIS);
      bed.settle();
    }
    assertThat(bed.all("bob", "u:ann").low()).isEqualTo(3);
    restart();
    assertThat(bed.send("ann", "u:bob", "3").seq()).isEqualTo(3);
    assertThat(seqs(bed.all("bob", "u:ann").items())).containsExactly(3L);
  }

  @Test
  void manyAreEmptiedALittleAtATime() {
    for (int i = 0; i < 3 * Expiries.ENTRIES_MAX; i++) {
      bed.submit(ticket ->
          new Change.Append(
              ticket, id("ann", "t:news"), "ann", "", List.of(), Payload.of(SECRET), 10, false));
    }
    bed.settle();
    clock.advance(10_000);
    settleUntilGone();
  }

  // ---- Erasing ----------------------------------------------------------------------------------

  private void erase(String user) {
    assertThat(bed.change(ticket -> new Change.Erase(ticket, user))).isEqualTo(new Answer.Done());
  }

  @Test
  void whatAnErasedUserWroteIsVoidEverywhere() {
    bed.create("bob", "g:ops", List.of("ann"), false, false);
    bed.sendWith("ann", "g:ops", "c", SECRET);
    bed.send("bob", "g:ops", "\"stays\"");
    bed.send("ann", "u:bob", SECRET);
    bed.send("bob", "u:ann", "\"stays\"");
    bed.send("ann", "t:news", SECRET);
    erase("ann");
    settleUntilGone();
    assertVoid(read("bob", "g:ops", 2), VoidBy.ERASE);
    assertVoid(read("bob", "u:ann", 1), VoidBy.ERASE);
    assertVoid(read("bob", "t:news", 1), VoidBy.ERASE);
    assertThat(read("bob", "g:ops", 3).isVoid()).isFalse();
    assertThat(read("bob", "u:ann", 2).isVoid()).isFalse();
    assertThat(seqs(bed.all("bob", "u:ann").items())).containsExactly(1L, 2L);
  }

  @Test
  void anErasedUserIsInNoGroupAnyMore() {
    bed.create("ann", "g:hers", List.of("bob"), false, false);
    bed.create("bob", "g:his", List.of("ann"), false, false);
    erase("ann");
    bed.settle();
    for (String group : List.of("g:hers", "g:his")) {
      Entry last = bed.all("bob", group).items().getLast();
      assertThat(last.kind()).isEqualTo(Entry.Kind.LEAVE);
      assertThat(last.who()).containsExactly("ann");
      assertThat(last.isVoid()).isFalse();
    }
    assertThat(bed.sync("ann", "").rows()).isEmpty();
    assertThat(refused(bed.sendWith("ann", "g:his", "", "1"))).isEqualTo(ErrorCode.NOT_FOUND);
  }

  private static Map<String, Role> roles(Role role, String... users) {
    Map<String, Role> roles = new TreeMap<>();
    for (String user : users) {
      roles.put(user, role);
    }
    return roles;
  }

  private List<Answer.Member> members(String reader, String group) {
    Answer answer = bed.read(new Query.Members(id(reader, group), reader, "", 200, false));
    return ((Answer.MembersPage) answer).members();
  }

  private void assertRole(String user, String group, String role) {
    assertThat(members(user, group))
        .filteredOn(member -> member.user().equals(user))
        .extracting(Answer.Member::role)
        .containsExactly(role);
  }

  @Test
  void theAdminWhoHasBeenInLongestInheritsAGroupOfItsLastOwner() {
    bed.create("ann", "g:ops", List.of("abe"), false, true);
    bed.add("ann", "g:ops", "zoe");
    bed.add("ann", "g:ops", "bob");
    bed.set("ann", "g:ops", GroupPatch.NOTHING, roles(Role.ADMIN, "bob", "zoe"));
    bed.send("ann", "g:ops", SECRET);
    erase("ann");
    settleUntilGone();
    List<Entry> items = bed.all("abe", "g:ops").items();
    Entry handedOver = items.getLast(); // quiet: nobody is seen to leave
    assertThat(handedOver.kind()).isEqualTo(Entry.Kind.INFO);
    assertThat(handedOver.from()).isEqualTo("ann");
    assertThat(handedOver.who()).containsExactly("zoe");
    assertThat(texts(List.of(handedOver))).containsExactly("{\"roles\":{\"zoe\":\"owner\"}}");
    assertRole("zoe", "g:ops", "owner");
    assertRole("bob", "g:ops", "admin");
    assertThat(refused(bed.leave("zoe", "g:ops"))).isEqualTo(ErrorCode.FORBIDDEN);
    restart();
    assertThat(refused(bed.leave("zoe", "g:ops"))).isEqualTo(ErrorCode.FORBIDDEN);
    done(bed.delete("zoe", "g:ops"));
  }

  @Test
  void withoutAdminsAMemberInheritsAndTheMutedComeLast() {
    bed.create("ann", "g:ops", List.of("abe"), false, false);
    bed.add("ann", "g:ops", "zoe");
    bed.add("ann", "g:ops", "bob");
    bed.set("ann", "g:ops", GroupPatch.NOTHING, roles(Role.MUTE, "abe"));
    erase("ann");
    assertRole("zoe", "g:ops", "owner");
    erase("zoe");
    assertRole("bob", "g:ops", "owner");
    erase("bob");
    assertRole("abe", "g:ops", "owner");
    erase("abe");
    assertThat(refused(bed.sendWith("abe", "g:ops", "", "1"))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.create("eve", "g:ops", List.of(), false, false)))
        .as("it has ended, its name is taken")
        .isEqualTo(ErrorCode.EXISTS);
  }

  @Test
  void oneOfTwoOwnersHandsNothingOver() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), false, false);
    bed.set("ann", "g:ops", GroupPatch.NOTHING, roles(Role.OWNER, "cat"));
    erase("ann");
    assertThat(bed.all("bob", "g:ops").items())
        .extracting(Entry::kind)
        .containsExactly(Entry.Kind.JOIN, Entry.Kind.INFO, Entry.Kind.LEAVE);
    assertRole("bob", "g:ops", "member");
  }

  /// What the writer has in mind of him must not outlive his rows.
  @Test
  void whomAnErasedUserBlockedMayWriteToTheName() {
    bed.send("ann", "u:bob", "1");
    bed.block("ann", "u:bob", true);
    assertThat(refused(bed.sendWith("bob", "u:ann", "", "2"))).isEqualTo(ErrorCode.FORBIDDEN);
    erase("ann");
    assertThat(bed.sync("ann", "").rows()).isEmpty();
    done(bed.sendWith("bob", "u:ann", "", "3"));
    assertThat(bed.sync("ann", "").rows()).hasSize(1);
    assertThat(bed.read(new Query.PresenceOf("bob", "ann", false)))
        .as("she has written to him in another life")
        .isInstanceOf(Answer.Refused.class);
  }

  /// All at once, as on a busy server: what comes before is gone, what comes behind is there.
  @Test
  void erasingHasItsPlaceAmongTheChangesAroundIt() {
    bed.send("ann", "u:bob", "1");
    for (int i = 0; i < 20; i++) {
      bed.sending("ann", "u:friend" + i, "", SECRET);
      bed.submit(ticket ->
          new Change.CreateGroup(
              ticket,
              id("ann", "g:g" + ticket.hashCode()),
              "ann",
              "",
              GroupPatch.NOTHING,
              List.of()));
    }
    Ask erased = bed.submit(ticket -> new Change.Erase(ticket, "ann"));
    Ask behind = bed.sending("ann", "u:bob", "", "\"again\"");
    assertThat(erased.answer()).isEqualTo(new Answer.Done());
    done(behind.answer());
    settleUntilGone();
    Answer.SyncPage page = bed.sync("ann", "");
    assertThat(page.rows()).hasSize(1);
    assertThat(page.rows().getFirst().conversation().id()).isEqualTo(id("ann", "u:bob"));
    assertVoid(read("bob", "u:ann", 1), VoidBy.ERASE);
    assertThat(read("bob", "u:ann", 2).isVoid()).isFalse();
  }

  @Test
  void itIsKnownWhoIsStillBeingErased() {
    for (int i = 0; i < 2 * Erasing.ROWS_MAX; i++) {
      bed.sending("ann", "t:news", "", SECRET);
    }
    bed.settle();
    erase("ann");
    if (isStored("a secret")) {
      restart();
    }
    for (int i = 0; i < 1_000 && bed.engine().erasing().equals(List.of("ann")); i++) {
      bed.settle();
    }
    assertThat(bed.engine().erasing()).isEmpty();
    assertThat(isStored("a secret")).isFalse();
  }

  @Test
  void moreConversationsThanAreForgottenOneByOneAreForgotten() {
    for (int i = 0; i < 1_500; i++) {
      bed.sending("ann", "u:friend" + i, "", "1");
    }
    bed.settle();
    erase("ann");
    assertThat(bed.sync("ann", "").rows()).isEmpty();
    assertThat(bed.sync("friend1499", "").rows()).hasSize(1);
  }

  @Test
  void anErasedNameMayBeginAnew() {
    bed.send("ann", "u:bob", SECRET);
    bed.visit("ann");
    erase("ann");
    bed.send("ann", "u:bob", "\"again\"");
    settleUntilGone();
    assertThat(read("bob", "u:ann", 2).isVoid()).isFalse();
    assertThat(bed.sync("ann", "").rows()).hasSize(1);
    bed.send("bob", "u:ann", "\"hello\"");
    assertThat(bed.sync("ann", "").rows().getFirst().head()).isEqualTo(3);
  }

  @Test
  void erasingGoesOnAfterARestart() {
    for (int i = 0; i < 2 * Erasing.ROWS_MAX; i++) {
      bed.sending("ann", "t:news", "", SECRET);
    }
    bed.settle();
    erase("ann");
    restart();
    settleUntilGone();
    assertVoid(read("bob", "t:news", 200), VoidBy.ERASE);
  }
}
