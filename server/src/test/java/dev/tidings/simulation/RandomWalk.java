package dev.tidings.simulation;

import static dev.tidings.simulation.Witness.claim;

import dev.tidings.engine.ConversationId;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Entry;
import dev.tidings.engine.KeptLogs;
import dev.tidings.engine.KeptLogs.Stretch;
import dev.tidings.engine.Retention;
import dev.tidings.engine.Retention.Keep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A handful of users on several devices who send, come and go, stall, follow, join and leave as a
/// seed has it, on a server that is restarted now and then. What must hold at every moment the
/// clients and their [Witness] say at once; what must hold when everybody has come back and read to
/// the end is here.
///
/// With every third seed a fourth user is there, who is erased at some moment and once more at the
/// end.
final class RandomWalk {
  private static final List<String> USERS = List.of("ann", "bob", "cat");
  private static final String MORTAL = "dan";

  /// What all that the mortal one writes begins with.
  private static final String SECRET = "secret-";

  private static final List<String> GROUPS = List.of("g:one", "g:two", "g:quiet");
  private static final List<String> ROLES = List.of("owner", "admin", "member", "mute");
  private static final List<String> TOPICS = List.of("t:kept.a", "t:kept.b", "t:free");

  /// How long it may take until everybody has come back.
  private static final int ROUNDS_MAX = 40;

  private final Simulation simulation;
  private final RandomGenerator random;
  private final List<String> users = new ArrayList<>(USERS);
  private final List<ModelClient> people = new ArrayList<>();
  private final List<StreamReader> streams = new ArrayList<>();
  private final ModelClient server;
  private int words;

  private RandomWalk(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.random();
    for (String user : USERS) {
      people.add(person(user, "phone"));
      if (random.nextBoolean()) {
        people.add(person(user, "desk"));
      }
    }
    for (String user : USERS) {
      if (random.nextBoolean()) {
        streams.add(simulation.stream(user, "t:kept.a").alwaysComesBack());
      }
    }
    server = simulation.client("server").alwaysComesBack();
    if (simulation.seed() % 3 == 1) {
      users.add(MORTAL);
      people.add(person(MORTAL, "phone"));
    }
  }

  private ModelClient person(String user, String device) {
    return simulation
        .client(user, device)
        .alwaysComesBack()
        .syncs(random.nextInt(6), random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 200);
  }

  static void play(Simulation simulation) {
    new RandomWalk(simulation).play();
  }

  private void play() {
    if (simulation.seed() % 3 == 0) {
      simulation.with(EngineLimits.DEFAULTS.withRetention(retention()));
    }
    people.forEach(ModelClient::connects);
    streams.forEach(StreamReader::opens);
    server.connects();
    people.getFirst().creates("g:one", "bob", "cat");
    people.getLast().creates("g:two", "ann");
    people.getFirst().createsQuiet("g:quiet", "cat");
    int turns = 20 + random.nextInt(60);
    for (int i = 0; i < turns; i++) {
      somethingHappens();
      simulation.steps(random.nextInt(80));
    }
    everybodyComesBack();
    if (users.contains(MORTAL)) {
      lastErasing();
    }
    simulation.clients().forEach(this::checkComplete);
    streams.forEach(stream ->
        claim(stream.hasEverything(), () -> stream + " lacks " + stream.lacks(Long.MAX_VALUE)));
  }

  /// Little enough that much is trimmed while somebody is away or slow.
  private Retention retention() {
    return new Retention(
        List.of(
            new Retention.Rule("g:*", keep(1 + random.nextInt(8), Keep.UNBOUNDED, Keep.UNBOUNDED)),
            new Retention.Rule("t:*", keep(Keep.UNBOUNDED, Keep.UNBOUNDED, 64 * 1024)),
            new Retention.Rule(
                "*", keep(1 + random.nextInt(20), random.nextInt(100_000), Keep.UNBOUNDED))));
  }

  private static Keep keep(long entries, long millis, long bytes) {
    return new Keep(entries, millis, bytes);
  }

  // What may happen.

  private void somethingHappens() {
    int chance = random.nextInt(100);
    ModelClient someone = oneOf(people);
    if (chance < 30) {
      send(someone);
    } else if (chance < 42) {
      for (int i = random.nextInt(16); i > 0; i--) {
        send(someone);
      }
    } else if (chance < 54) {
      changeGroup(someone);
    } else if (chance < 64) {
      comeOrGo(someone);
      streamComesOrGoes();
    } else if (chance < 78) {
      someone.takesOnly(random.nextInt(3) == 0 ? random.nextInt(40_000) : 0);
    } else if (chance < 84) {
      someone.readsAgain();
    } else if (chance < 91) {
      follow(someone);
    } else if (chance < 93) {
      simulation.restarts();
    } else if (chance == 93 && users.contains(MORTAL)) {
      erase();
    } else if (chance < 94) {
      simulation.refusesPerMille(random.nextInt(100));
    } else {
      timePasses();
    }
  }

  /// He comes back no more: who would come under his name has read nothing of what he had.
  private Terminal erase() {
    List<ModelClient> his = people.stream().filter(person -> person.user().equals(MORTAL)).toList();
    his.forEach(person -> {
      person.comesBackNoMore();
      simulation.clients().remove(person);
    });
    people.removeAll(his);
    return simulation
        .terminal("operator")
        .joinsAs("server")
        .says("{'op':'admin','do':'erase','user':'" + MORTAL + "','id':1}");
  }

  private void send(ModelClient someone) {
    switch (random.nextInt(13)) {
      case 12 ->
          someone.sendsFor(
              1 + random.nextInt(20),
              random.nextBoolean() ? "u:" + oneOf(users) : oneOf(GROUPS),
              text(someone));
      case 0, 1, 2 -> someone.sends("u:" + oneOf(users), text(someone));
      case 3, 4, 5 -> someone.sends(oneOf(GROUPS), text(someone));
      case 6 -> someone.sends(oneOf(TOPICS), text(someone));
      case 7, 8 -> revise(someone);
      case 9, 10 -> mark(someone);
      default -> server.sends("a:all", text());
    }
  }

  private void mark(ModelClient someone) {
    List<Copy> copies =
        someone.copies().values().stream().filter(copy -> !copy.in.startsWith("t:")).toList();
    if (!copies.isEmpty()) {
      Copy copy = oneOf(copies);
      someone.reads(copy.in, random.nextInt(8) == 0 ? 99_999 : copy.applied);
    }
  }

  /// Mostly what he wrote himself, now and then what he may not.
  private void revise(ModelClient someone) {
    List<Copy> copies =
        someone.copies().values().stream().filter(copy -> !copy.says.isEmpty()).toList();
    if (copies.isEmpty()) {
      return;
    }
    Copy copy = oneOf(copies);
    List<Long> own =
        copy.entries.stream()
            .filter(entry -> Json.text(entry, "from").equals(someone.user()))
            .map(entry -> Json.number(entry, "seq"))
            .filter(copy.says::containsKey)
            .toList();
    boolean foreign = own.isEmpty() || random.nextInt(8) == 0;
    long seq = oneOf(foreign ? List.copyOf(copy.says.keySet()) : own);
    if (random.nextBoolean()) {
      someone.edits(copy.in, seq, text(someone));
    } else {
      someone.recalls(copy.in, seq);
    }
  }

  private String text(ModelClient author) {
    return author.user().equals(MORTAL) ? SECRET + text() : text();
  }

  private String text() {
    String word = "w" + ++words;
    return switch (random.nextInt(16)) {
      case 0, 1 -> word + "x".repeat(random.nextInt(30_000));
      case 2, 3, 4 -> word + "y".repeat(random.nextInt(6_000));
      default -> word;
    };
  }

  private void changeGroup(ModelClient someone) {
    String group = oneOf(GROUPS);
    switch (random.nextInt(8)) {
      case 6 -> someone.setsRole(group, oneOf(users), oneOf(ROLES));
      case 7 -> {
        if (random.nextInt(8) > 0) {
          someone.setsTitle(group, text());
        } else {
          someone.deletes(group);
        }
      }
      case 0, 1, 2 -> someone.joins(group);
      case 3 -> someone.leavesGroup(group);
      case 4 -> someone.adds(group, oneOf(users));
      default -> someone.removes(group, oneOf(users));
    }
  }

  private void comeOrGo(ModelClient someone) {
    if (!someone.isConnected()) {
      someone.connects();
    } else if (random.nextBoolean()) {
      someone.isCut();
    } else {
      someone.leaves();
    }
  }

  private void streamComesOrGoes() {
    if (!streams.isEmpty()) {
      StreamReader stream = oneOf(streams);
      switch (random.nextInt(4)) {
        case 0 -> stream.isCut();
        case 1 -> stream.takesOnly(random.nextInt(40_000));
        default -> {
          stream.readsAgain();
          if (!stream.isConnected()) {
            stream.opens();
          }
        }
      }
    }
  }

  private void follow(ModelClient someone) {
    String topic = oneOf(TOPICS);
    if (someone.topics().contains(topic) && random.nextInt(3) == 0) {
      someone.unfollows(topic);
    } else {
      someone.follows(topic);
    }
  }

  private void timePasses() {
    switch (random.nextInt(8)) {
      case 0 -> simulation.passes(random.nextInt(15_000));
      case 1 -> simulation.passes(random.nextInt(70_000));
      case 2, 3 -> simulation.settle();
      default -> simulation.drifts(random.nextInt(100));
    }
  }

  private <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  // How it must end.

  private void everybodyComesBack() {
    simulation.refusesPerMille(0);
    for (int round = 0; round < ROUNDS_MAX; round++) {
      for (ModelClient client : simulation.clients()) {
        client.readsAgain();
        if (!client.isConnected()) {
          client.connects();
        }
      }
      for (StreamReader stream : streams) {
        stream.readsAgain();
        if (!stream.isConnected()) {
          stream.opens();
        }
      }
      simulation.passes(1_000);
      if (streams.stream().allMatch(StreamReader::hasEverything)
          && simulation.clients().stream().allMatch(ModelClient::isUpToDate)) {
        return;
      }
    }
    List<ModelClient> behind =
        simulation.clients().stream().filter(client -> !client.isUpToDate()).toList();
    throw new AssertionError(
        "never up to date: " + behind.stream().map(ModelClient::state).toList());
  }

  /// All that he wrote says nothing any more, to nobody, and nothing is kept of where he stood; the
  /// groups that he was in have an owner, and who comes now reads them without a break.
  private void lastErasing() {
    Terminal operator = erase();
    simulation.passes(10_000);
    claim(operator.hasAnswer(1), () -> "erasing was not answered: " + operator.heard());
    KeptLogs kept = simulation.kept();
    List<String> rows = kept.about(MORTAL);
    claim(rows.isEmpty(), () -> "there is still kept about who was erased: " + rows);
    for (ConversationId id : kept.conversations()) {
      claim(!kept.lacksOwner(id), () -> id + " has members and no owner");
      for (Entry entry : kept.entries(id)) {
        boolean his = entry.from().equals(MORTAL) && entry.kind() == Entry.Kind.MESSAGE;
        claim(
            !his || entry.seq() < kept.low(id) || entry.isVoid(), () -> id + " still has " + entry);
      }
    }
    claim(!kept.isStored(SECRET), () -> "what he wrote is still stored");
    ModelClient late = person("ann", "late");
    people.add(late);
    late.connects();
    everybodyComesBack();
    late.copies()
        .values()
        .forEach(copy ->
            copy.entries.forEach(entry ->
                claim(
                    !Json.text(entry, "data").startsWith(SECRET),
                    () -> late + " read in " + copy.in + " what was erased: " + entry)));
  }

  private void checkComplete(ModelClient client) {
    KeptLogs kept = simulation.kept();
    for (ConversationId id : kept.conversations()) {
      long head = kept.entries(id).size();
      switch (id.kind()) {
        case PRIVATE -> {
          if (kept.mayHaveSeen(client.user(), id, 1)) {
            checkCopy(client, id, new Stretch(kept.low(id), head));
            checkTexts(client, id);
            checkMark(client, id, client.user());
            if (!id.isOf(MORTAL)) { // of whom nothing is kept
              checkMark(client, id, id.peerOf(client.user()));
            }
          }
        }
        case GROUP, ANNOUNCEMENT -> {
          List<Stretch> stretches = kept.stretches(client.user(), id);
          if (!stretches.isEmpty()) {
            Stretch last = stretches.getLast();
            long low = Math.max(last.low(), Math.min(kept.low(id), head + 1));
            checkCopy(client, id, new Stretch(low, Math.min(last.until(), head)));
            if (last.isOpen()) {
              checkTexts(client, id);
            }
          }
        }
        case TOPIC -> {
          if (client.topics().contains(id.toString())) {
            Copy copy = client.copies().get(id.toString());
            claim(copy != null && copy.applied == head, () -> client + " lacks some of " + id);
            checkTexts(client, id);
          }
        }
      }
    }
  }

  /// Who was told everything knows how far the two of a private conversation have read.
  private void checkMark(ModelClient client, ConversationId id, String who) {
    String in = id.addressFor(client.user());
    long kept = simulation.kept().read(id, who);
    claim(
        client.hasRead(in, who) == kept,
        () ->
            client
                + " believes that "
                + who
                + " has read "
                + in
                + " up to "
                + client.hasRead(in, who)
                + ", and it is "
                + kept);
  }

  /// Who was told everything knows what each message says by now.
  private void checkTexts(ModelClient client, ConversationId id) {
    Copy copy = client.copies().get(id.addressFor(client.user()));
    if (copy == null) {
      return;
    }
    long low = Math.max(copy.start, simulation.kept().low(id));
    for (Entry entry : simulation.kept().entries(id)) {
      String says = copy.says.get(entry.seq());
      // He may have read it while it was not, and no entry says so.
      long expiresMillis = entry.extras().expiresMillis();
      boolean over =
          entry.voidBy() == Entry.VoidBy.TTL
              || entry.voidBy() == Entry.VoidBy.ERASE
              || (expiresMillis > 0 && expiresMillis <= simulation.nowMillis());
      if (says != null && entry.seq() >= low && !over) {
        String kept = new String(entry.data().json(), StandardCharsets.UTF_8);
        claim(
            says.equals(kept),
            () -> client + " reads " + says + " where " + id + " has " + entry + ": " + kept);
      }
    }
  }

  /// The client must have applied all of the stretch, without a break.
  private static void checkCopy(ModelClient client, ConversationId id, Stretch stretch) {
    if (stretch.until() < stretch.low()) {
      return; // nothing to see
    }
    Copy copy = client.copies().get(id.addressFor(client.user()));
    claim(copy != null, () -> client + " knows nothing of " + id + " " + stretch);
    if (copy != null) {
      claim(
          copy.start <= stretch.low() && copy.applied == stretch.until(),
          () -> client + " has " + copy + " where " + id + " " + stretch + " is his to see");
    }
  }
}
