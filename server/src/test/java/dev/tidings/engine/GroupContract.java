package dev.tidings.engine;

import static dev.tidings.engine.EngineBed.done;
import static dev.tidings.engine.EngineBed.id;
import static dev.tidings.engine.EngineBed.refused;
import static dev.tidings.engine.EngineBed.seqs;
import static dev.tidings.engine.EngineBed.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may do what to a group, what it writes and who sees which stretch of it (docs/protocol.md
/// §8, §10).
public abstract class GroupContract extends EngineFixture {
  private static final long DAY = 24L * 3_600_000;

  // ---- Making -----------------------------------------------------------------------------------

  @Test
  void aGroupBeginsWithTheEntryThatLetsItsMembersIn() {
    Answer.Appended made = done(bed.create("ann", "g:ops", List.of("bob", "cat"), false, false));
    assertThat(made.seq()).isEqualTo(1);
    Entry first = bed.all("bob", "g:ops").items().getFirst();
    assertThat(first.kind()).isEqualTo(Entry.Kind.JOIN);
    assertThat(first.from()).isEqualTo("ann");
    assertThat(first.who()).containsExactly("ann", "bob", "cat");
    assertThat(members("ann")).containsExactly("ann owner", "bob member", "cat member");
  }

  @Test
  void aNameIsTakenOnce() {
    bed.create("ann", "g:ops", List.of(), false, false);
    assertThat(refused(bed.create("bob", "g:ops", List.of(), false, false)))
        .isEqualTo(ErrorCode.EXISTS);
    Ask one = making("ann", "g:new");
    Ask other = making("bob", "g:new");
    assertThat(done(one.answer()).seq()).isEqualTo(1);
    assertThat(refused(other.answer())).isEqualTo(ErrorCode.EXISTS);
  }

  private Ask making(String by, String group) {
    return bed.submit(ticket ->
        new Change.CreateGroup(ticket, id(by, group), by, "", GroupPatch.NOTHING, List.of()));
  }

  @Test
  void makingItTwiceUnderOneCidIsARepeat() {
    Answer first = bed.createWith("ann", "g:ops", "c", List.of("bob"), false, false);
    restart();
    Answer repeat = bed.createWith("ann", "g:ops", "c", List.of("bob"), false, false);
    assertThat(done(first).duplicate()).isFalse();
    assertThat(done(repeat).duplicate()).isTrue();
    assertThat(done(repeat).seq()).isEqualTo(1);
    assertThat(refused(bed.createWith("ann", "g:ops", "c", List.of("cat"), false, false)))
        .isEqualTo(ErrorCode.CID);
    assertThat(bed.all("ann", "g:ops").head()).isEqualTo(1);
  }

  @Test
  void itsSettingsAreToldToItsMembers() {
    bed.create("ann", "g:ops", List.of("bob"), true, true);
    restart();
    Answer.GroupInfo info = info("bob");
    assertThat(info.settings().title()).isEqualTo("The g:ops");
    assertThat(info.settings().open()).isTrue();
    assertThat(info.settings().quiet()).isTrue();
    assertThat(info.members()).isEqualTo(2);
    assertThat(info.role()).isEqualTo("member");
    assertThat(info("ann").role()).isEqualTo("owner");
  }

  private Answer.GroupInfo info(String reader) {
    return (Answer.GroupInfo) bed.read(new Query.Info(id(reader, "g:ops"), reader, false));
  }

  // ---- Strangers --------------------------------------------------------------------------------

  /// A group that one cannot join looks exactly like one that is not there.
  @ParameterizedTest
  @ValueSource(strings = {"g:hidden", "g:absent"})
  void aHiddenGroupLooksAbsent(String group) {
    bed.create("ann", "g:hidden", List.of("bob"), false, false);
    Answer absent = bed.join("eve", "g:nowhere");
    assertThat(refused(absent)).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(bed.join("eve", group)).isEqualTo(absent);
    assertThat(bed.leave("eve", group)).isEqualTo(absent);
    assertThat(bed.add("eve", group, "eve")).isEqualTo(absent);
    assertThat(bed.remove("eve", group, "bob")).isEqualTo(absent);
    assertThat(bed.history("eve", group, OptionalLong.of(0), OptionalLong.empty()))
        .isEqualTo(absent);
    assertThat(bed.read(new Query.Info(id("eve", group), "eve", false))).isEqualTo(absent);
    assertThat(bed.read(new Query.Members(id("eve", group), "eve", "", 9, false)))
        .isEqualTo(absent);
    assertThat(bed.sendWith("eve", group, "", "1"))
        .isEqualTo(bed.sendWith("eve", "g:nowhere", "", "1"));
    assertThat(bed.sendWith("eve", group, "c", "1"))
        .isEqualTo(bed.sendWith("eve", "g:nowhere", "c", "1"));
    assertThat(bed.sync("eve", "").rows()).isEmpty();
  }

  @Test
  void anOpenGroupSaysThatOneIsNoMember() {
    bed.create("ann", "g:ops", List.of(), true, false);
    assertThat(refused(bed.sendWith("eve", "g:ops", "", "1"))).isEqualTo(ErrorCode.NOT_MEMBER);
    assertThat(refused(bed.leave("eve", "g:ops"))).isEqualTo(ErrorCode.NOT_MEMBER);
    assertThat(refused(bed.add("eve", "g:ops", "eve"))).isEqualTo(ErrorCode.NOT_MEMBER);
    assertThat(refused(bed.history("eve", "g:ops", OptionalLong.of(0), OptionalLong.empty())))
        .isEqualTo(ErrorCode.NOT_MEMBER);
    assertThat(refused(bed.read(new Query.Members(id("eve", "g:ops"), "eve", "", 9, false))))
        .isEqualTo(ErrorCode.NOT_MEMBER);
  }

  // ---- Coming and going -------------------------------------------------------------------------

  @Test
  void anOpenGroupIsJoinedAndLeft() {
    bed.create("ann", "g:ops", List.of(), true, false);
    bed.send("ann", "g:ops", "before");
    assertThat(done(bed.join("bob", "g:ops")).seq()).isEqualTo(3);
    bed.send("bob", "g:ops", "between");
    assertThat(done(bed.leave("bob", "g:ops")).seq()).isEqualTo(5);
    bed.send("ann", "g:ops", "after");
    Answer.Page page = bed.all("bob", "g:ops");
    assertThat(page.low()).isEqualTo(3);
    assertThat(page.head()).isEqualTo(5);
    assertThat(page.items().stream().map(Entry::kind))
        .containsExactly(Entry.Kind.JOIN, Entry.Kind.MESSAGE, Entry.Kind.LEAVE);
    assertThat(members("ann")).containsExactly("ann owner");
    assertThat(refused(bed.sendWith("bob", "g:ops", "", "1"))).isEqualTo(ErrorCode.NOT_MEMBER);
  }

  @Test
  void whoIsAddedSeesTheEntryThatLetsHimInAndWhoIsPutOutTheOneThatSaysSo() {
    bed.create("ann", "g:ops", List.of(), false, false);
    bed.send("ann", "g:ops", "1");
    assertThat(done(bed.add("ann", "g:ops", "bob", "cat")).seq()).isEqualTo(3);
    bed.send("bob", "g:ops", "2");
    assertThat(done(bed.remove("ann", "g:ops", "bob")).seq()).isEqualTo(5);
    bed.send("cat", "g:ops", "3");
    restart();
    assertThat(seqs(bed.all("bob", "g:ops").items())).containsExactly(3L, 4L, 5L);
    assertThat(seqs(bed.all("cat", "g:ops").items())).containsExactly(3L, 4L, 5L, 6L);
    Entry kick = bed.all("bob", "g:ops").items().getLast();
    assertThat(kick.kind()).isEqualTo(Entry.Kind.KICK);
    assertThat(kick.who()).containsExactly("bob");
    assertThat(kick.from()).isEqualTo("ann");
  }

  @Test
  void whoJoinsAgainStartsANewStretch() {
    bed.create("ann", "g:ops", List.of("bob"), true, false);
    bed.leave("bob", "g:ops");
    bed.send("ann", "g:ops", "while away");
    assertThat(done(bed.join("bob", "g:ops")).seq()).isEqualTo(4);
    bed.send("ann", "g:ops", "back");
    assertThat(seqs(bed.all("bob", "g:ops").items())).containsExactly(4L, 5L);
    assertThat(bed.all("bob", "g:ops").low()).isEqualTo(4);
  }

  @Test
  void outAndInWithinOneBatchIsANewStretchToo() {
    bed.create("ann", "g:ops", List.of("bob"), true, false);
    List<Ask> asks = new ArrayList<>();
    asks.add(bed.submit(t -> new Change.LeaveGroup(t, id("bob", "g:ops"), "bob", "")));
    asks.add(bed.sending("ann", "g:ops", "", "1"));
    asks.add(bed.sending("bob", "g:ops", "", "2"));
    asks.add(bed.submit(t -> new Change.JoinGroup(t, id("bob", "g:ops"), "bob", "")));
    asks.add(bed.sending("bob", "g:ops", "", "3"));
    assertThat(done(asks.get(0).answer()).seq()).isEqualTo(2);
    assertThat(done(asks.get(1).answer()).seq()).isEqualTo(3);
    assertThat(refused(asks.get(2).answer())).isEqualTo(ErrorCode.NOT_MEMBER);
    assertThat(done(asks.get(3).answer()).seq()).isEqualTo(4);
    assertThat(done(asks.get(4).answer()).seq()).isEqualTo(5);
    assertThat(seqs(bed.all("bob", "g:ops").items())).containsExactly(4L, 5L);
    assertThat(members("ann")).containsExactly("ann owner", "bob member");
    assertThat(info("ann").members()).isEqualTo(2);
  }

  @Test
  void whatChangesNothingWritesNothing() {
    bed.create("ann", "g:ops", List.of("bob"), true, false);
    assertThat(done(bed.join("bob", "g:ops")).seq()).isZero();
    assertThat(done(bed.add("ann", "g:ops", "bob", "ann")).seq()).isZero();
    assertThat(done(bed.remove("ann", "g:ops", "eve")).seq()).isZero();
    assertThat(bed.all("ann", "g:ops").head()).isEqualTo(1);
    assertThat(info("ann").members()).isEqualTo(2);
  }

  @Test
  void onlyTheNewOnesAreNamed() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.add("ann", "g:ops", "bob", "cat", "cat", "dan");
    assertThat(bed.all("ann", "g:ops").items().getLast().who()).containsExactly("cat", "dan");
    bed.remove("ann", "g:ops", "eve", "dan", "dan");
    assertThat(bed.all("ann", "g:ops").items().getLast().who()).containsExactly("dan");
    assertThat(info("ann").members()).isEqualTo(3);
  }

  // ---- Roles ------------------------------------------------------------------------------------

  @Test
  void onlyThoseWhoManageLetInAndPutOut() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), true, false);
    assertThat(refused(bed.add("bob", "g:ops", "dan"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(bed.remove("bob", "g:ops", "cat"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(bed.remove("ann", "g:ops", "cat", "ann"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(bed.leave("ann", "g:ops"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(members("ann")).containsExactly("ann owner", "bob member", "cat member");
  }

  @Test
  void aClosedGroupIsJoinedByInvitationOnly() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.leave("bob", "g:ops");
    assertThat(refused(bed.join("bob", "g:ops"))).isEqualTo(ErrorCode.NOT_MEMBER);
    assertThat(refused(bed.join("eve", "g:ops"))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(done(bed.add("ann", "g:ops", "bob")).seq()).isEqualTo(3);
  }

  @Test
  void aRepeatedChangeIsDoneOnce() {
    bed.create("ann", "g:ops", List.of(), true, false);
    Answer first = bed.addWith("ann", "g:ops", "c", "bob");
    bed.remove("ann", "g:ops", "bob");
    Answer repeat = bed.addWith("ann", "g:ops", "c", "bob");
    assertThat(done(first).duplicate()).isFalse();
    assertThat(done(repeat).duplicate()).isTrue();
    assertThat(done(repeat).seq()).isEqualTo(2);
    assertThat(members("ann")).containsExactly("ann owner");
    assertThat(refused(bed.addWith("ann", "g:ops", "c", "cat"))).isEqualTo(ErrorCode.CID);
  }

  @Test
  void lanesLearnOfMembersBeforeTheEntryThatLetsThemInAndAfterTheOneThatDoesNot() {
    bed.create("ann", "g:ops", List.of(), false, false);
    bed.add("ann", "g:ops", "bob");
    bed.remove("ann", "g:ops", "bob");
    bed.settle();
    assertThat(bed.committed().stream().map(each -> each.getClass().getSimpleName()))
        .containsExactly(
            "MembersIn", "Appended", "MembersIn", "Appended", "Appended", "MembersOut");
  }

  @Test
  void adminsManageMembersButNeitherAdminsNorOwners() {
    bed.create("ann", "g:ops", List.of("bob", "cat", "dan"), false, false);
    assertThat(done(roles("ann", "bob", Role.ADMIN, "cat", Role.ADMIN)).seq()).isEqualTo(2);
    assertThat(done(bed.add("bob", "g:ops", "eve")).seq()).isEqualTo(3);
    assertThat(done(roles("bob", "eve", Role.MUTE)).seq()).isEqualTo(4);
    assertThat(done(roles("bob", "eve", Role.MEMBER)).seq()).isEqualTo(5);
    assertThat(done(bed.remove("bob", "g:ops", "eve")).seq()).isEqualTo(6);
    for (Role role : List.of(Role.ADMIN, Role.OWNER)) {
      assertThat(refused(roles("bob", "dan", role))).isEqualTo(ErrorCode.FORBIDDEN);
      assertThat(refused(roles("dan", "dan", role))).isEqualTo(ErrorCode.FORBIDDEN);
    }
    assertThat(refused(roles("bob", "cat", Role.MUTE))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(roles("bob", "ann", Role.MEMBER))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(bed.remove("bob", "g:ops", "dan", "cat"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(bed.delete("bob", "g:ops"))).isEqualTo(ErrorCode.FORBIDDEN);
    restart();
    assertThat(members("ann")).containsExactly("ann owner", "bob admin", "cat admin", "dan member");
  }

  @Test
  void whoIsMutedReadsAndDoesNotSend() {
    bed.create("ann", "g:ops", List.of("bob"), true, false);
    roles("ann", "bob", Role.MUTE);
    restart();
    assertThat(refused(bed.sendWith("bob", "g:ops", "", "1"))).isEqualTo(ErrorCode.FORBIDDEN);
    bed.send("ann", "g:ops", "2");
    assertThat(texts(bed.all("bob", "g:ops").items())).last().isEqualTo("2");
    bed.leave("bob", "g:ops");
    bed.join("bob", "g:ops");
    assertThat(members("ann")).containsExactly("ann owner", "bob mute");
    assertThat(refused(bed.sendWith("bob", "g:ops", "", "3"))).isEqualTo(ErrorCode.FORBIDDEN);
    roles("ann", "bob", Role.MEMBER);
    bed.send("bob", "g:ops", "4");
  }

  @Test
  void aRepeatOfOneMutedSinceIsAnswered() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.sendWith("bob", "g:ops", "c", "1");
    roles("ann", "bob", Role.MUTE);
    assertThat(done(bed.sendWith("bob", "g:ops", "c", "1")).duplicate()).isTrue();
  }

  @Test
  void anEntrySaysWhoHasWhichRoleNow() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), false, true);
    roles("ann", "bob", Role.ADMIN, "cat", Role.MEMBER);
    Entry info = bed.all("cat", "g:ops").items().getLast();
    assertThat(info.kind()).isEqualTo(Entry.Kind.INFO);
    assertThat(info.from()).isEqualTo("ann");
    assertThat(info.who()).containsExactly("bob");
    assertThat(texts(List.of(info))).containsExactly("{\"roles\":{\"bob\":\"admin\"}}");
  }

  @Test
  void ownershipIsHandedOverInOneStep() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    assertThat(refused(bed.leave("ann", "g:ops"))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(roles("ann", "ann", Role.MEMBER))).isEqualTo(ErrorCode.FORBIDDEN);
    assertThat(refused(roles("ann", "eve", Role.OWNER, "ann", Role.MEMBER)))
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(members("bob")).containsExactly("ann owner", "bob member");
    assertThat(done(roles("ann", "bob", Role.OWNER, "ann", Role.MEMBER)).seq()).isEqualTo(2);
    assertThat(members("bob")).containsExactly("ann member", "bob owner");
    assertThat(done(bed.leave("ann", "g:ops")).seq()).isEqualTo(3);
    assertThat(done(bed.leave("bob", "g:ops")).seq()).as("alone: it ends").isEqualTo(4);
  }

  @Test
  void oneOfTwoOwnersMayLeave() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), false, false);
    roles("ann", "bob", Role.OWNER);
    restart();
    assertThat(done(bed.leave("ann", "g:ops")).seq()).isEqualTo(3);
    assertThat(refused(bed.leave("bob", "g:ops"))).isEqualTo(ErrorCode.FORBIDDEN);
  }

  private Answer roles(String by, String user, Role role) {
    return bed.set(by, "g:ops", GroupPatch.NOTHING, Map.of(user, role));
  }

  private Answer roles(String by, String one, Role first, String other, Role second) {
    Map<String, Role> roles = new LinkedHashMap<>();
    roles.put(one, first);
    roles.put(other, second);
    return bed.set(by, "g:ops", GroupPatch.NOTHING, roles);
  }

  // ---- Settings ---------------------------------------------------------------------------------

  @Test
  void whatIsSetIsSaidAndKept() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    GroupPatch patch = patch("Ops 2", "{\"icon\":1}", Optional.of(true), Optional.of(true));
    assertThat(done(bed.set("ann", "g:ops", patch, Map.of())).seq()).isEqualTo(2);
    assertThat(done(bed.set("ann", "g:ops", patch, Map.of())).seq()).as("all is so").isZero();
    restart();
    GroupSettings settings = info("bob").settings();
    assertThat(settings.title()).isEqualTo("Ops 2");
    assertThat(new String(settings.data().json(), UTF_8)).isEqualTo("{\"icon\":1}");
    assertThat(settings.past()).isTrue();
    assertThat(settings.adminsSend()).isTrue();
    assertThat(settings.open()).as("what was not named").isFalse();
    assertThat(texts(bed.all("bob", "g:ops").items()))
        .last()
        .isEqualTo("{\"title\":\"Ops 2\",\"data\":{\"icon\":1},\"past\":true,\"send\":\"admins\"}");
    Answer.Row row = bed.sync("bob", "").rows().getFirst();
    assertThat(row.settings().orElseThrow().title()).isEqualTo("Ops 2");
    assertThat(row.role()).isEqualTo("member");
    assertThat(refused(bed.set("bob", "g:ops", patch("x", "1"), Map.of())))
        .isEqualTo(ErrorCode.FORBIDDEN);
  }

  @Test
  void whereOnlyAdminsSendMembersDoNot() {
    bed.create("ann", "g:ops", List.of("bob", "cat"), false, false);
    roles("ann", "bob", Role.ADMIN);
    bed.set("ann", "g:ops", patch("", "1", Optional.empty(), Optional.of(true)), Map.of());
    bed.send("ann", "g:ops", "1");
    bed.send("bob", "g:ops", "2");
    assertThat(refused(bed.sendWith("cat", "g:ops", "", "3"))).isEqualTo(ErrorCode.FORBIDDEN);
    bed.set("bob", "g:ops", patch("", "1", Optional.empty(), Optional.of(false)), Map.of());
    bed.send("cat", "g:ops", "4");
  }

  @Test
  void whereThePastIsSharedNewMembersSeeItFromThenOn() {
    bed.create("ann", "g:ops", List.of(), true, false);
    bed.send("ann", "g:ops", "1");
    bed.join("bob", "g:ops");
    bed.set("ann", "g:ops", patch("", "1", Optional.of(true), Optional.empty()), Map.of());
    bed.join("cat", "g:ops");
    assertThat(bed.all("bob", "g:ops").low()).isEqualTo(3);
    assertThat(bed.all("cat", "g:ops").low()).isEqualTo(1);
    assertThat(seqs(bed.all("cat", "g:ops").items())).containsExactly(1L, 2L, 3L, 4L, 5L);
    bed.set("ann", "g:ops", patch("", "1", Optional.of(false), Optional.empty()), Map.of());
    bed.leave("cat", "g:ops");
    bed.join("cat", "g:ops");
    assertThat(bed.all("cat", "g:ops").low()).isEqualTo(8);
  }

  @Test
  void aRepeatedSetIsDoneOnce() {
    bed.create("ann", "g:ops", List.of(), false, false);
    Answer first = setting("c", patch("one", "1"));
    bed.set("ann", "g:ops", patch("two", "2"), Map.of());
    Answer repeat = setting("c", patch("one", "1"));
    assertThat(done(first).seq()).isEqualTo(2);
    assertThat(done(repeat).duplicate()).isTrue();
    assertThat(info("ann").settings().title()).isEqualTo("two");
    assertThat(refused(setting("c", patch("one", "3")))).isEqualTo(ErrorCode.CID);
  }

  private Answer setting(String cid, GroupPatch patch) {
    return bed.change(ticket ->
        new Change.SetGroup(ticket, id("ann", "g:ops"), "ann", cid, patch, Map.of(), false));
  }

  private static GroupPatch patch(String title, String data) {
    return patch(title, data, Optional.empty(), Optional.empty());
  }

  private static GroupPatch patch(
      String title, String data, Optional<Boolean> past, Optional<Boolean> adminsSend) {
    return new GroupPatch(
        Optional.of(title),
        Optional.of(Payload.of(data)),
        Optional.empty(),
        Optional.empty(),
        past,
        adminsSend);
  }

  // ---- The end ----------------------------------------------------------------------------------

  @Test
  void aDeletedGroupIsLeftByEverybodyAtItsEnd() {
    bed.create("ann", "g:ops", List.of("bob"), true, false);
    bed.send("ann", "g:ops", "1");
    String cursor = bed.sync("bob", "").cursor();
    assertThat(done(bed.delete("ann", "g:ops")).seq()).isEqualTo(3);
    restart();
    assertThat(seqs(bed.all("bob", "g:ops").items())).containsExactly(1L, 2L, 3L);
    assertThat(bed.all("bob", "g:ops").items().getLast().kind()).isEqualTo(Entry.Kind.END);
    Answer.Row row = bed.sync("bob", cursor).rows().getFirst();
    assertThat(row.gone()).isTrue();
    assertThat(row.head()).isEqualTo(3);
    assertThat(row.settings()).isEmpty();
    for (String former : List.of("ann", "bob")) {
      assertThat(refused(bed.sendWith(former, "g:ops", "", "1"))).isEqualTo(ErrorCode.NOT_MEMBER);
      assertThat(refused(bed.join(former, "g:ops"))).isEqualTo(ErrorCode.NOT_MEMBER);
      assertThat(refused(bed.add(former, "g:ops", "eve"))).isEqualTo(ErrorCode.NOT_MEMBER);
      assertThat(refused(bed.delete(former, "g:ops"))).isEqualTo(ErrorCode.NOT_MEMBER);
      assertThat(refused(bed.read(new Query.Info(id(former, "g:ops"), former, false))))
          .isEqualTo(ErrorCode.NOT_MEMBER);
    }
    assertThat(bed.join("eve", "g:ops")).isEqualTo(bed.join("eve", "g:nowhere"));
    assertThat(
            refused(
                bed.change(ticket ->
                    new Change.Append(
                        ticket, id("svc", "g:ops"), "svc", "", Payload.of("1"), true))))
        .as("not even a backend's")
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.read(new Query.Members(id("svc", "g:ops"), "svc", "", 9, true))))
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void theNameOfADeletedGroupIsFreeWhenNobodyMayReadItsPast() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    String epoch = bed.all("bob", "g:ops").conversation().epoch();
    bed.delete("ann", "g:ops");
    assertThat(refused(bed.create("eve", "g:ops", List.of(), false, false)))
        .isEqualTo(ErrorCode.EXISTS);
    clock.advance(30 * DAY);
    assertThat(seqs(bed.all("bob", "g:ops").items())).containsExactly(1L, 2L);
    clock.advance(2 * DAY);
    assertThat(refused(bed.history("bob", "g:ops", OptionalLong.of(0), OptionalLong.empty())))
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(bed.sync("bob", "").rows()).isEmpty();
    assertThat(done(bed.create("eve", "g:ops", List.of("bob"), false, false)).seq()).isEqualTo(1);
    restart();
    Answer.Page page = bed.all("bob", "g:ops");
    assertThat(seqs(page.items())).containsExactly(1L);
    assertThat(page.conversation().epoch()).isNotEqualTo(epoch);
    assertThat(bed.sync("bob", "").rows()).hasSize(1);
  }

  @Test
  void theLastMemberEndsItByLeaving() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.leave("bob", "g:ops");
    assertThat(done(bed.leave("ann", "g:ops")).seq()).isEqualTo(3);
    assertThat(bed.all("ann", "g:ops").items().getLast().kind()).isEqualTo(Entry.Kind.END);
    assertThat(bed.all("bob", "g:ops").head()).as("he left before").isEqualTo(2);
  }

  @Test
  void aDeletedGroupIsNoneOfThoseThatOneIsIn() {
    for (String group : List.of("g:1", "g:2", "g:3")) {
      bed.create("ann", group, List.of(), true, false);
    }
    bed.delete("ann", "g:2");
    assertThat(done(bed.create("ann", "g:4", List.of(), true, false)).seq()).isEqualTo(1);
    assertThat(refused(bed.create("ann", "g:5", List.of(), true, false)))
        .isEqualTo(ErrorCode.TOO_MANY);
  }

  @Test
  void lanesLearnOfTheEndBehindTheEntryThatSaysSo() {
    bed.create("ann", "g:ops", List.of(), false, true);
    bed.delete("ann", "g:ops");
    bed.settle();
    assertThat(bed.committed().stream().map(each -> each.getClass().getSimpleName()))
        .containsExactly("MembersIn", "Appended", "GroupEnded");
  }

  // ---- Quiet groups -----------------------------------------------------------------------------

  @Test
  void aQuietGroupWritesOnlyMessages() {
    assertThat(done(bed.create("ann", "g:ops", List.of("bob"), true, true)).seq()).isZero();
    assertThat(done(bed.join("cat", "g:ops")).seq()).isZero();
    assertThat(bed.send("ann", "g:ops", "1").seq()).isEqualTo(1);
    assertThat(done(bed.remove("ann", "g:ops", "bob")).seq()).isZero();
    assertThat(bed.send("cat", "g:ops", "2").seq()).isEqualTo(2);
    assertThat(done(bed.join("dan", "g:ops")).seq()).isZero();
    assertThat(bed.send("cat", "g:ops", "3").seq()).isEqualTo(3);
    assertThat(texts(bed.all("cat", "g:ops").items())).containsExactly("1", "2", "3");
    assertThat(texts(bed.all("bob", "g:ops").items())).containsExactly("1");
    assertThat(texts(bed.all("dan", "g:ops").items())).containsExactly("3");
  }

  @Test
  void oneWhoSawNothingOfAQuietGroupHasAnEmptyStretch() {
    bed.create("ann", "g:ops", List.of(), true, true);
    bed.send("ann", "g:ops", "1");
    bed.join("bob", "g:ops");
    Answer.Page page = bed.all("bob", "g:ops");
    assertThat(page.items()).isEmpty();
    assertThat(page.head()).isEqualTo(page.low() - 1).isEqualTo(1);
    bed.leave("bob", "g:ops");
    bed.send("ann", "g:ops", "2");
    assertThat(bed.all("bob", "g:ops").items()).isEmpty();
  }

  @Test
  void aRepeatInAQuietGroupIsKnownToo() {
    bed.create("ann", "g:ops", List.of(), true, true);
    bed.addWith("ann", "g:ops", "c", "bob");
    bed.remove("ann", "g:ops", "bob");
    assertThat(done(bed.addWith("ann", "g:ops", "c", "bob")).duplicate()).isTrue();
    assertThat(members("ann")).containsExactly("ann owner");
  }

  // ---- Limits -----------------------------------------------------------------------------------

  @Test
  void aGroupHasABoundedNumberOfMembers() {
    assertThat(refused(bed.create("ann", "g:big", List.of("b", "c", "d", "e", "f"), true, false)))
        .isEqualTo(ErrorCode.TOO_MANY);
    bed.create("ann", "g:ops", List.of("b", "c", "d"), true, false);
    assertThat(refused(bed.add("ann", "g:ops", "e", "f"))).isEqualTo(ErrorCode.TOO_MANY);
    assertThat(done(bed.add("ann", "g:ops", "e")).seq()).isEqualTo(2);
    assertThat(refused(bed.join("f", "g:ops"))).isEqualTo(ErrorCode.TOO_MANY);
    bed.leave("b", "g:ops");
    restart();
    assertThat(done(bed.join("f", "g:ops")).seq()).isEqualTo(4);
    assertThat(refused(bed.join("b", "g:ops"))).isEqualTo(ErrorCode.TOO_MANY);
  }

  @Test
  void aUserIsInABoundedNumberOfGroups() {
    bed.visit("bob");
    for (String group : List.of("g:1", "g:2", "g:3")) {
      bed.create("ann", group, List.of("bob"), true, false);
    }
    assertThat(refused(bed.create("ann", "g:4", List.of(), true, false)))
        .isEqualTo(ErrorCode.TOO_MANY);
    bed.create("cat", "g:4", List.of(), true, false);
    assertThat(refused(bed.join("bob", "g:4"))).isEqualTo(ErrorCode.TOO_MANY);
    assertThat(refused(bed.add("cat", "g:4", "dan", "bob"))).isEqualTo(ErrorCode.TOO_MANY);
    assertThat(membersOf("cat", "g:4")).containsExactly("cat owner");
    bed.leave("bob", "g:1");
    assertThat(done(bed.join("bob", "g:4")).seq()).isEqualTo(2);
    assertThat(refused(bed.join("bob", "g:1"))).isEqualTo(ErrorCode.TOO_MANY);
  }

  @Test
  void theBoundHoldsWithinOneBatch() {
    for (String group : List.of("g:1", "g:2", "g:3", "g:4", "g:5")) {
      bed.create(group.substring(2), group, List.of(), true, false);
    }
    List<Ask> asks = new ArrayList<>();
    for (String group : List.of("g:1", "g:2", "g:3", "g:4")) {
      asks.add(bed.submit(t -> new Change.JoinGroup(t, id("bob", group), "bob", "")));
    }
    asks.add(bed.submit(t -> new Change.LeaveGroup(t, id("bob", "g:2"), "bob", "")));
    asks.add(bed.submit(t -> new Change.JoinGroup(t, id("bob", "g:5"), "bob", "")));
    for (int i : List.of(0, 1, 2, 4, 5)) {
      assertThat(asks.get(i).answer()).as("answer " + i).isInstanceOf(Answer.Appended.class);
    }
    assertThat(refused(asks.get(3).answer())).isEqualTo(ErrorCode.TOO_MANY);
  }

  @Test
  void membersComeAPageAtATime() {
    bed.create("ann", "g:ops", List.of("eve", "bob", "dan", "cat"), false, false);
    List<String> seen = new ArrayList<>();
    String next = "";
    int pages = 0;
    do {
      Answer.MembersPage page =
          (Answer.MembersPage)
              bed.read(new Query.Members(id("bob", "g:ops"), "bob", next, 2, false));
      assertThat(page.members()).hasSizeLessThanOrEqualTo(2);
      assertThat(page.count()).isEqualTo(5);
      page.members().forEach(member -> seen.add(member.user()));
      next = page.next();
      pages++;
    } while (!next.isEmpty() && pages < 5);
    assertThat(seen).containsExactly("ann", "bob", "cat", "dan", "eve");
    assertThat(pages).isEqualTo(3);
  }

  // ---- Those who left ---------------------------------------------------------------------------

  @Test
  void whoLeftReadsHisStretchForThirtyDays() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.remove("ann", "g:ops", "bob");
    clock.advance(30 * DAY);
    assertThat(seqs(bed.all("bob", "g:ops").items())).containsExactly(1L, 2L);
    assertThat(refused(bed.sendWith("bob", "g:ops", "", "1"))).isEqualTo(ErrorCode.NOT_MEMBER);
    clock.advance(2 * DAY);
    assertThat(refused(bed.history("bob", "g:ops", OptionalLong.of(0), OptionalLong.empty())))
        .isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(refused(bed.sendWith("bob", "g:ops", "", "1"))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(bed.sync("bob", "").rows()).isEmpty();
  }

  @Test
  void whoLeftReadsNeitherMembersNorSettings() {
    bed.create("ann", "g:ops", List.of("bob"), false, false);
    bed.remove("ann", "g:ops", "bob");
    assertThat(refused(bed.read(new Query.Info(id("bob", "g:ops"), "bob", false))))
        .isEqualTo(ErrorCode.NOT_MEMBER);
    assertThat(refused(bed.read(new Query.Members(id("bob", "g:ops"), "bob", "", 9, false))))
        .isEqualTo(ErrorCode.NOT_MEMBER);
  }

  private List<String> members(String reader) {
    return membersOf(reader, "g:ops");
  }

  private List<String> membersOf(String reader, String group) {
    Answer answer = bed.read(new Query.Members(id(reader, group), reader, "", 99, false));
    assertThat(answer).isInstanceOf(Answer.MembersPage.class);
    Answer.MembersPage page = (Answer.MembersPage) answer;
    assertThat(page.count()).isEqualTo(page.members().size());
    return page.members().stream().map(member -> member.user() + " " + member.role()).toList();
  }
}
