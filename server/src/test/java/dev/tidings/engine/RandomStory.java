package dev.tidings.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.EngineBed.Ask;
import dev.tidings.protocol.Command.GroupPatch;
import dev.tidings.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/// Some users who do whatever they can think of, and come back now and then to sync. Everything
/// follows from the seed.
abstract class RandomStory {
  private static final List<String> USERS = List.of("ann", "bob", "cat", "dan");
  private static final List<Role> ROLES = List.of(Role.values());
  private static final List<String> GROUPS = List.of("g:closed", "g:open", "g:quiet");

  /// What lanes were told, and what follows from it for each user.
  private static final class Truth {
    final Map<ConversationId, List<Entry>> logs = new HashMap<>();
    final Map<String, Map<ConversationId, Stretch>> stretches = new HashMap<>();

    /// From `low` to `until`, or to the head while `until` is 0 and `in`.
    record Stretch(long low, boolean in, long until) {}

    long head(ConversationId id) {
      return logs.getOrDefault(id, List.of()).size();
    }

    void tell(Committed committed) {
      ConversationId id = committed.conversation().id();
      switch (committed) {
        case Committed.Appended appended -> {
          List<Entry> log = logs.computeIfAbsent(id, _ -> new ArrayList<>());
          log.add(appended.entry());
          assertThat(appended.entry().seq()).as("told next in %s", id).isEqualTo(log.size());
          if (id.kind() == ConversationId.Kind.PRIVATE) {
            of(id.firstUser()).putIfAbsent(id, new Stretch(1, true, 0));
            of(id.secondUser()).putIfAbsent(id, new Stretch(1, true, 0));
          }
        }
        case Committed.Signalled _,
            Committed.Marked _,
            Committed.Preferred _,
            Committed.ChannelDefined _,
            Committed.ChannelRemoved _,
            Committed.Admitted _ -> {
          // moves no log
        }
        case Committed.MembersIn in ->
            in.who().forEach(user -> of(user).put(id, new Stretch(head(id) + 1, true, 0)));
        case Committed.GroupEnded _ ->
            stretches
                .values()
                .forEach(mine ->
                    mine.computeIfPresent(
                        id, (_, was) -> was.in() ? new Stretch(was.low(), false, head(id)) : was));
        case Committed.MembersOut out ->
            out.who()
                .forEach(user ->
                    of(user).compute(id, (_, was) -> new Stretch(was.low(), false, head(id))));
      }
    }

    void visit(String user) {
      of(user)
          .putIfAbsent(
              ConversationId.ALL, new Stretch(Math.max(1, head(ConversationId.ALL)), true, 0));
    }

    Map<ConversationId, Stretch> of(String user) {
      return stretches.computeIfAbsent(user, _ -> new HashMap<>());
    }

    Map<ConversationId, String> holdings(String user) {
      Map<ConversationId, String> all = new HashMap<>();
      of(user)
          .forEach((id, stretch) -> {
            long last = stretch.in() ? head(id) : stretch.until();
            List<Entry> log = logs.getOrDefault(id, List.of());
            List<String> lines = new ArrayList<>();
            for (long seq = stretch.low(); seq <= last; seq++) {
              lines.add(line(log.get((int) seq - 1)));
            }
            all.put(id, "from " + stretch.low() + (stretch.in() ? " " : " gone ") + lines);
          });
      return all;
    }
  }

  /// What one user made of his syncs.
  private static final class Held {
    String epoch = "";
    long low;
    long head;
    boolean gone;
    final TreeMap<Long, Entry> entries = new TreeMap<>();

    @Override
    public String toString() {
      return "from "
          + low
          + (gone ? " gone " : " ")
          + entries.values().stream().map(RandomStory::line).toList();
    }
  }

  private final long seed;
  private final Random random;
  private final ManualClock clock;
  private final Truth truth = new Truth();
  private final Map<String, Map<ConversationId, Held>> views = new HashMap<>();
  private final Map<String, String> cursors = new HashMap<>();
  private int heardBefore;
  private int sent;
  private int syncsCompared;

  RandomStory(long seed, ManualClock clock) {
    this.seed = seed;
    this.random = new Random(seed);
    this.clock = clock;
  }

  abstract EngineBed bed();

  abstract void restartEngine();

  void play(int steps) {
    for (int step = 0; step < steps; step++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3, 4, 5 -> severalChanges();
        case 6 -> visit();
        case 7, 8, 9 -> sync(pick(USERS));
        case 10 -> wasThere(pick(USERS));
        case 11 -> maybeRestart();
        default -> throw new IllegalStateException();
      }
      clock.advance(random.nextInt(1_000));
    }
    USERS.forEach(this::sync);
    assertThat(syncsCompared).as("syncs that could be compared, seed %d", seed).isPositive();
  }

  private void severalChanges() {
    List<Ask> asks = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      asks.add(bed().submit(this::change));
    }
    asks.forEach(Ask::answer);
    listen();
  }

  private void listen() {
    bed().settle();
    List<Committed> all = bed().committed();
    all.subList(heardBefore, all.size()).forEach(truth::tell);
    heardBefore = all.size();
  }

  private Change change(Ticket ticket) {
    String user = pick(USERS);
    String group = pick(GROUPS);
    ConversationId id = EngineBed.id(user, group);
    String cid = random.nextInt(3) == 0 ? "c" + random.nextInt(20) : "";
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> append(ticket, user, "u:" + pick(USERS), cid);
      case 3, 4 -> append(ticket, user, group, cid);
      case 5 -> append(ticket, user, "a:all", cid);
      case 6 ->
          new Change.CreateGroup(
              ticket,
              id,
              user,
              cid,
              EngineBed.settings("", !group.equals("g:closed"), group.equals("g:quiet")),
              List.of(pick(USERS)));
      case 7 -> new Change.JoinGroup(ticket, id, user, cid);
      case 8 -> new Change.LeaveGroup(ticket, id, user, cid);
      case 9 ->
          random.nextBoolean()
              ? new Change.AddMembers(
                  ticket, id, user, cid, List.of(pick(USERS), pick(USERS)), random.nextBoolean())
              : new Change.RemoveMembers(
                  ticket, id, user, cid, List.of(pick(USERS)), random.nextBoolean());
      case 10 ->
          new Change.SetGroup(
              ticket,
              id,
              user,
              cid,
              random.nextBoolean()
                  ? GroupPatch.NOTHING
                  : EngineBed.settings(
                      "t" + random.nextInt(3), group.equals("g:open"), quiet(group)),
              Map.of(pick(USERS), ROLES.get(random.nextInt(ROLES.size()))),
              random.nextBoolean());
      case 11 ->
          random.nextInt(8) > 0
              ? append(ticket, user, group, cid)
              : new Change.DeleteGroup(ticket, id, user, cid, random.nextInt(4) == 0);
      default -> throw new IllegalStateException();
    };
  }

  private static boolean quiet(String group) {
    return group.equals("g:quiet");
  }

  private Change append(Ticket ticket, String user, String to, String cid) {
    Payload data = Payload.of(Integer.toString(sent++));
    return new Change.Append(ticket, EngineBed.id(user, to), user, cid, data, false);
  }

  private void visit() {
    String user = pick(USERS);
    bed().visit(user);
    truth.visit(user);
  }

  private void maybeRestart() {
    if (random.nextInt(3) == 0) {
      restartEngine();
      heardBefore = 0;
    }
  }

  /// A user who was connected holds everything; his cursor came with a ping.
  private void wasThere(String user) {
    listen();
    Map<ConversationId, Held> view = new HashMap<>();
    truth
        .of(user)
        .forEach((id, stretch) -> {
          Held held = new Held();
          held.low = stretch.low();
          held.gone = !stretch.in();
          held.head = stretch.in() ? truth.head(id) : stretch.until();
          List<Entry> log = truth.logs.getOrDefault(id, List.of());
          for (long seq = held.low; seq <= held.head; seq++) {
            held.entries.put(seq, log.get((int) seq - 1));
          }
          view.put(id, held);
        });
    List<EngineBed.Heard> heard = bed().heard(0);
    if (!heard.isEmpty()) {
      views.put(user, view);
      cursors.put(user, bed().engine().cursor(heard.getLast().commit(), clock.epochMillis()));
    }
  }

  private void sync(String user) {
    if (random.nextInt(6) == 0) {
      views.remove(user);
      cursors.remove(user);
    }
    Map<ConversationId, Held> view = views.computeIfAbsent(user, _ -> new HashMap<>());
    int tail = random.nextInt(4);
    int limit = 1 + random.nextInt(4);
    int bytesMax = random.nextBoolean() ? 500 : 1 << 20;
    String since = cursors.getOrDefault(user, "");
    boolean alone = true;
    Answer.SyncPage page;
    String next = "";
    do {
      page =
          (Answer.SyncPage)
              bed().read(new Query.Sync(user, List.of(), since, tail, limit, next, bytesMax));
      page.rows().forEach(row -> take(user, view, row));
      next = page.next();
      if (!next.isEmpty() && random.nextInt(4) == 0) {
        severalChanges();
        alone = false;
      }
    } while (!next.isEmpty());
    cursors.put(user, page.cursor());
    if (alone) {
      compare(user, view);
    }
  }

  private void take(String user, Map<ConversationId, Held> view, Answer.Row row) {
    Held held = view.computeIfAbsent(row.conversation().id(), _ -> new Held());
    if (!held.epoch.isEmpty()) {
      assertThat(row.conversation().epoch()).isEqualTo(held.epoch);
    }
    held.epoch = row.conversation().epoch();
    held.low = row.low();
    held.head = row.head();
    held.gone = row.gone();
    held.entries.headMap(row.low()).clear();
    row.tail().forEach(entry -> assertThat(entry.seq()).isBetween(row.low(), row.head()));
    readOn(user, row, held);
  }

  /// Fetches what is missing, as a client does; the tail must say the same.
  private void readOn(String user, Answer.Row row, Held held) {
    boolean more = held.head >= held.low;
    while (more) {
      long last = held.entries.isEmpty() ? held.low - 1 : held.entries.lastKey();
      Answer.Page page =
          (Answer.Page)
              bed()
                  .read(
                      new Query.History(
                          row.conversation().id(),
                          user,
                          held.epoch,
                          OptionalLong.of(last),
                          OptionalLong.empty(),
                          1 + random.nextInt(5),
                          1 << 20,
                          false));
      for (Entry entry : page.items()) {
        assertThat(entry.seq()).as("next of %s", row.conversation().id()).isEqualTo(++last);
        held.entries.put(entry.seq(), entry);
      }
      more = page.more();
    }
    for (Entry entry : row.tail()) {
      assertThat(held.entries.values().stream().map(RandomStory::line)).contains(line(entry));
    }
  }

  private void compare(String user, Map<ConversationId, Held> view) {
    Map<ConversationId, String> held = new HashMap<>();
    view.forEach((id, each) -> held.put(id, each.toString()));
    assertThat(held)
        .as("what %s holds after a sync, seed %d", user, seed)
        .isEqualTo(truth.holdings(user));
    syncsCompared++;
  }

  private static String line(Entry entry) {
    return entry.seq()
        + entry.kind().wire()
        + entry.from()
        + entry.who()
        + new String(entry.data().json(), StandardCharsets.UTF_8);
  }

  private String pick(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
