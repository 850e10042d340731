package dev.tidings.simulation;

import static dev.tidings.simulation.Witness.claim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A small client that follows docs/protocol.md to the letter, keeps its state in memory that no
/// crash of the server touches, and believes nothing: every entry is shown to the [Witness], and a
/// live entry that leaves a hole behind is a failure at once, although the client could repair it.
final class ModelClient implements Peer {
  private final Simulation simulation;
  private final Scheduler.Strand strand;
  private final String user;
  private final String device;
  private boolean comesBack;
  private int tail = 1;
  private int syncLimit = 200;

  // What outlives a connection.

  private final Map<String, Copy> copies = new LinkedHashMap<>();
  private final Map<String, Deed> undone = new LinkedHashMap<>();
  private final Set<String> topics = new LinkedHashSet<>();
  private final List<JsonNode> passing = new ArrayList<>();
  private final List<JsonNode> units = new ArrayList<>();
  private final Map<String, Long> lost = new HashMap<>();
  private String cursor = "";

  /// How far each user has read each conversation, as far as this client was told.
  private final Map<String, Long> reads = new HashMap<>();

  private long cidsUsed;
  private OptionalInt closeCode = OptionalInt.empty();
  private long connections;

  // What belongs to the present connection.

  private @Nullable SimulatedSocket socket;
  private boolean welcomed;
  private boolean synced;
  private int syncPages;
  private long requests;
  private final Map<Long, Consumer<JsonNode>> asked = new HashMap<>();
  private final List<JsonNode> untilSynced = new ArrayList<>();
  private final Map<String, Long> liveSeq = new HashMap<>();
  private final Set<String> excused = new HashSet<>();
  private final Map<String, Long> liveReads = new HashMap<>();

  /// Topics that were asked for, and those of which the answer is there.
  private final Set<String> subscribed = new HashSet<>();

  private final Set<String> following = new HashSet<>();
  private boolean repeating;

  ModelClient(Simulation simulation, String user, String device) {
    this.simulation = simulation;
    this.user = user;
    this.device = device;
    this.strand = simulation.strand(user + "/" + device);
  }

  // What a story tells it to do.

  /// Comes back by itself whenever a connection ends.
  ModelClient alwaysComesBack() {
    comesBack = true;
    return this;
  }

  /// It is ended for good.
  void comesBackNoMore() {
    comesBack = false;
  }

  /// How much it asks of each `sync`.
  ModelClient syncs(int tailEntries, int rowsPerPage) {
    tail = tailEntries;
    syncLimit = rowsPerPage;
    return this;
  }

  ModelClient connects() {
    return connectsOn(simulation.anyLane());
  }

  ModelClient connectsOn(int lane) {
    forgetConnection();
    connections++;
    SimulatedSocket fresh = simulation.accept(lane, strand, this, false);
    socket = fresh;
    closeCode = OptionalInt.empty();
    fresh.open();
    ObjectNode auth = Json.unit("auth").put("user", user);
    if (!device.isEmpty()) {
      auth.put("device", device);
    }
    say(auth.toString());
    return this;
  }

  /// The network drops the connection.
  ModelClient isCut() {
    if (socket != null) {
      simulation.note(this, " is cut", "");
      socket.cut();
    }
    return this;
  }

  /// It closes the connection itself.
  ModelClient leaves() {
    if (socket != null) {
      socket.hangUp();
      forgetConnection();
    }
    return this;
  }

  ModelClient stopsReading() {
    return takesOnly(0);
  }

  ModelClient takesOnly(int bytes) {
    if (socket != null) {
      socket.takeOnly(bytes);
    }
    return this;
  }

  ModelClient readsAgain() {
    if (socket != null) {
      socket.takeAll();
    }
    return this;
  }

  Deed sends(String to, String text) {
    String cid = nextCid();
    ObjectNode send = Json.unit("send").put("to", to).put("cid", cid).put("data", text);
    return does(to, cid, send);
  }

  /// As [#sends(String, String)], for so many seconds.
  Deed sendsFor(int seconds, String to, String text) {
    String cid = nextCid();
    ObjectNode send = Json.unit("send").put("to", to).put("cid", cid).put("data", text);
    return does(to, cid, send.put("ttl", seconds));
  }

  Deed edits(String in, long seq, String text) {
    String cid = nextCid();
    return does(
        in, cid, Json.unit("edit").put("in", in).put("seq", seq).put("cid", cid).put("data", text));
  }

  /// Says how far it has read; nothing is repeated, for the next mark says it too.
  ModelClient reads(String in, long seq) {
    if (welcomed) {
      ObjectNode mark = Json.unit("mark").put("in", in).put("read", seq);
      ask(
          mark,
          answer -> {
            if (isOk(answer)) {
              hasRead(in, user, Json.number(answer, "read"));
            }
          });
    }
    return this;
  }

  /// How far `who` has read what this client calls `in`, as it was told: 0 if it was not.
  long hasRead(String in, String who) {
    return reads.getOrDefault(in + " " + who, 0L);
  }

  private void hasRead(String in, String who, long seq) {
    reads.merge(in + " " + who, seq, Math::max);
  }

  private void mark(JsonNode mark) {
    String in = Json.text(mark, "in");
    String from = Json.text(mark, "from");
    long seq = Json.number(mark, "read");
    claim(seq == 0 || seq >= hasReadLive(in, from), () -> this + " was told a lower mark: " + mark);
    liveReads.put(in + " " + from, seq);
    hasRead(in, from, seq);
  }

  private long hasReadLive(String in, String from) {
    return liveReads.getOrDefault(in + " " + from, 0L);
  }

  Deed recalls(String in, long seq) {
    String cid = nextCid();
    return does(in, cid, Json.unit("recall").put("in", in).put("seq", seq).put("cid", cid));
  }

  Deed creates(String group, String... members) {
    return creates(group, false, members);
  }

  Deed createsQuiet(String group, String... members) {
    return creates(group, true, members);
  }

  private Deed creates(String group, boolean quiet, String... members) {
    String cid = nextCid();
    ObjectNode create = group("create", group, cid).put("join", "open").put("quiet", quiet);
    List.of(members).forEach(create.putArray("members")::add);
    return does(group, cid, create);
  }

  Deed joins(String group) {
    String cid = nextCid();
    return does(group, cid, group("join", group, cid));
  }

  Deed leavesGroup(String group) {
    String cid = nextCid();
    return does(group, cid, group("leave", group, cid));
  }

  Deed adds(String group, String who) {
    return withWho("add", group, who);
  }

  Deed removes(String group, String who) {
    return withWho("remove", group, who);
  }

  Deed setsTitle(String group, String title) {
    String cid = nextCid();
    return does(group, cid, group("set", group, cid).put("title", title));
  }

  Deed setsRole(String group, String who, String role) {
    String cid = nextCid();
    ObjectNode set = group("set", group, cid);
    set.putObject("roles").put(who, role);
    return does(group, cid, set);
  }

  Deed deletes(String group) {
    String cid = nextCid();
    return does(group, cid, group("delete", group, cid));
  }

  private Deed withWho(String verb, String group, String who) {
    String cid = nextCid();
    ObjectNode change = group(verb, group, cid);
    change.putArray("who").add(who);
    return does(group, cid, change);
  }

  private static ObjectNode group(String verb, String group, String cid) {
    return Json.unit("group").put("do", verb).put("in", group).put("cid", cid);
  }

  private String nextCid() {
    return user + "-" + device + "-" + ++cidsUsed;
  }

  /// Follows a topic on this connection and on every later one.
  ModelClient follows(String topic) {
    topics.add(topic);
    if (welcomed) {
      subscribe(topic);
    }
    return this;
  }

  ModelClient unfollows(String topic) {
    topics.remove(topic);
    subscribed.remove(topic);
    if (welcomed) {
      ask(Json.unit("unsub").put("in", topic), answer -> following.remove(topic));
    }
    return this;
  }

  // What it knows.

  String user() {
    return user;
  }

  /// The numbers of what it applied in `in`, in order.
  List<Long> heard(String in) {
    return entries(in).stream().map(entry -> Json.number(entry, "seq")).toList();
  }

  /// The texts of the messages it applied in `in`, in order.
  List<String> texts(String in) {
    return entries(in).stream()
        .filter(entry -> entry.has("data"))
        .map(entry -> Json.text(entry, "data"))
        .toList();
  }

  /// What each message that it applied in `in` says now, in order; `""` for one taken back.
  List<String> says(String in) {
    Copy copy = copies.get(in);
    return copy == null
        ? List.of()
        : copy.says.values().stream().map(json -> json.replace("\"", "")).toList();
  }

  List<JsonNode> entries(String in) {
    Copy copy = copies.get(in);
    return copy == null ? List.of() : copy.entries;
  }

  /// What came through topics without a log.
  List<String> passing(String topic) {
    return passing.stream()
        .filter(unit -> Json.text(unit, "in").equals(topic))
        .map(unit -> Json.text(unit, "data"))
        .toList();
  }

  /// How many units of a topic without log it was told are lost.
  long lost(String topic) {
    return lost.getOrDefault(topic, 0L);
  }

  /// All units received on all connections, oldest first.
  List<JsonNode> units() {
    return units;
  }

  List<JsonNode> units(String op) {
    return units.stream().filter(unit -> Json.text(unit, "op").equals(op)).toList();
  }

  boolean isWelcomed() {
    return welcomed;
  }

  boolean isConnected() {
    return socket != null;
  }

  boolean isSynced() {
    return synced;
  }

  String cursor() {
    return cursor;
  }

  OptionalInt closeCode() {
    return closeCode;
  }

  long connections() {
    return connections;
  }

  Map<String, Copy> copies() {
    return copies;
  }

  Set<String> topics() {
    return topics;
  }

  /// Connected, told everything, and with nothing left to ask or to do.
  boolean isUpToDate() {
    return synced
        && undone.isEmpty()
        && asked.isEmpty()
        && copies.values().stream().noneMatch(Copy::lacksSomething);
  }

  /// Everything about it, for a failure's message.
  String state() {
    return "%s connected=%s welcomed=%s synced=%s undone=%s asked=%s copies=%s"
        .formatted(this, socket != null, welcomed, synced, undone.keySet(), asked.keySet(), copies);
  }

  /// The bytes that wait for it on the server.
  int bytesWaiting() {
    return socket == null ? 0 : socket.waitingBytes();
  }

  /// The most that ever waited on the present connection.
  int bytesWaitingMost() {
    return socket == null ? 0 : socket.waitingBytesMost();
  }

  SimulatedSocket socket() {
    if (socket == null) {
      throw new AssertionError(this + " is not connected");
    }
    return socket;
  }

  // The connection.

  private void say(String unit) {
    if (socket != null) {
      simulation.note(this, " > ", unit);
      socket.say(unit);
    }
  }

  /// Asks something that is not repeated if the connection ends.
  void ask(ObjectNode unit, Consumer<JsonNode> then) {
    long id = ++requests;
    asked.put(id, then);
    say(unit.put("id", id).toString());
  }

  private void forgetConnection() {
    socket = null;
    welcomed = false;
    synced = false;
    syncPages = 0;
    asked.clear();
    untilSynced.clear();
    liveSeq.clear();
    excused.clear();
    liveReads.clear();
    subscribed.clear();
    following.clear();
    undone.values().forEach(deed -> deed.underWay = false);
    copies
        .values()
        .forEach(copy -> {
          copy.asking = false;
          copy.held.clear();
        });
  }

  @Override
  public void closed(SimulatedSocket which, OptionalInt code) {
    if (which != socket) {
      return;
    }
    simulation.note(this, " closed ", code.toString());
    forgetConnection();
    closeCode = code;
    if (comesBack) {
      strand.schedule(
          () -> {
            if (comesBack && socket == null) {
              connects();
            }
          },
          1 + simulation.random().nextInt(2_000));
    }
  }

  @Override
  public void received(SimulatedSocket from, String frame) {
    if (from != socket) {
      return;
    }
    for (String line : frame.lines().toList()) {
      simulation.note(this, " < ", line);
      JsonNode unit = Json.read(line);
      units.add(unit);
      on(unit);
    }
  }

  private void on(JsonNode unit) {
    switch (Json.text(unit, "op")) {
      case "welcome" -> welcomed();
      case "ok", "err" -> answer(unit);
      case "msg" -> msg(unit);
      case "gap" -> gap(unit);
      case "mark" -> mark(unit);
      case "ping" -> ping(unit);
      default -> {
        // pong, presence, bye: nothing to keep
      }
    }
  }

  private void welcomed() {
    welcomed = true;
    sync("");
    repeatUndone();
    topics.forEach(this::subscribe);
  }

  private void ping(JsonNode ping) {
    if (synced && ping.has("cursor")) {
      cursor = Json.text(ping, "cursor");
    }
    say(Json.unit("pong").toString());
  }

  private void answer(JsonNode answer) {
    Consumer<JsonNode> then = asked.remove(Json.number(answer, "id"));
    claim(then != null, () -> this + " has an answer that it did not ask for: " + answer);
    if (then != null) {
      then.accept(answer);
    }
  }

  private static boolean isOk(JsonNode answer) {
    return Json.text(answer, "op").equals("ok");
  }

  /// Tries again after the time that the server names; not on another connection.
  private void later(JsonNode refusal, Runnable again) {
    SimulatedSocket present = socket;
    strand.schedule(
        () -> {
          if (socket == present) {
            again.run();
          }
        },
        Json.number(refusal, "retry"));
  }

  // What it wants done.

  private Deed does(String in, String cid, ObjectNode unit) {
    Deed deed = new Deed(in, cid, unit.toString());
    simulation.witness().asked(user, in, cid);
    boolean mustWait = undone.values().stream().anyMatch(earlier -> !earlier.underWay);
    undone.put(cid, deed);
    if (welcomed && !mustWait) {
      attempt(deed);
    }
    return deed;
  }

  private void attempt(Deed deed) {
    deed.underWay = true;
    deed.attempts++;
    ask((ObjectNode) Json.read(deed.unit), answer -> done(deed, answer));
  }

  private void done(Deed deed, JsonNode answer) {
    if (isOk(answer)) {
      undone.remove(deed.cid);
      deed.answered(answer);
      simulation.witness().confirmed(user, deed.in, deed.cid, Json.number(answer, "seq"));
    } else if (answer.has("retry")) {
      deed.underWay = false;
      if (!repeating) {
        repeating = true;
        later(answer, this::repeatUndone);
      }
    } else {
      undone.remove(deed.cid);
      deed.answered(answer);
      simulation.witness().refused(user, deed.in, deed.cid);
    }
  }

  /// Everything unanswered, in the order in which it was wanted.
  private void repeatUndone() {
    repeating = false;
    undone.values().stream().filter(deed -> !deed.underWay).toList().forEach(this::attempt);
  }

  // Sync.

  private void sync(String next) {
    ObjectNode sync = Json.unit("sync").put("tail", tail).put("limit", syncLimit);
    if (!cursor.isEmpty()) {
      sync.put("since", cursor);
    }
    if (!next.isEmpty()) {
      sync.put("next", next);
    }
    int recalls = simulation.witness().recalls();
    ask(sync, page -> syncPage(page, recalls));
  }

  private void syncPage(JsonNode page, int recalls) {
    if (!isOk(page)) {
      if (page.has("retry")) {
        later(page, () -> sync(""));
      } else {
        claim(Json.text(page, "code").equals("cursor"), () -> this + " cannot sync: " + page);
        cursor = "";
        sync("");
      }
      return;
    }
    syncPages++;
    page.path("convs").forEach(row -> row(row, recalls));
    if (page.has("next")) {
      sync(Json.text(page, "next"));
      return;
    }
    cursor = Json.text(page, "cursor");
    synced = true;
    List.copyOf(untilSynced).forEach(this::live);
    untilSynced.clear();
    copies.values().forEach(this::fetchWhatIsMissing);
  }

  private void row(JsonNode row, int recalls) {
    String in = Json.text(row, "in");
    long low = Json.number(row, "low");
    long head = Json.number(row, "head");
    Copy copy = copyOf(in, Json.text(row, "epoch"), low - 1);
    claim(copy.applied <= head, () -> this + " knows more than " + row + ": " + copy);
    breakTo(copy, low);
    copy.gone = row.path("gone").asBoolean(false);
    copy.told = Math.max(copy.told, head);
    hasRead(in, user, Json.number(row, "read"));
    if (row.has("peer")) {
      hasRead(in, in.substring(2), Json.number(row.path("peer"), "read"));
    }
    row.path("tail")
        .forEach(entry -> {
          simulation.witness().received(user, in, entry, recalls);
          meet(copy, entry);
        });
  }

  private void breakTo(Copy copy, long low) {
    simulation.witness().broke(user, copy.in, copy.applied, low);
    copy.breakTo(low);
  }

  /// The copy of this epoch; a copy of another one is dropped.
  private Copy copyOf(String in, String epoch, long startsBehind) {
    Copy copy = copies.get(in);
    if (copy == null || (!epoch.isEmpty() && !copy.epoch.isEmpty() && !copy.epoch.equals(epoch))) {
      copy = new Copy(in, epoch, startsBehind);
      copies.put(in, copy);
    }
    if (copy.epoch.isEmpty()) {
      copy.epoch = epoch;
    }
    return copy;
  }

  // Entries.

  private void msg(JsonNode entry) {
    String in = Json.text(entry, "in");
    if (!entry.has("seq")) {
      claim(following.contains(in), () -> this + " does not follow " + in);
      passing.add(entry);
      return;
    }
    simulation.witness().received(user, in, entry);
    if (in.startsWith("t:")) {
      claim(following.contains(in), () -> this + " does not follow " + in + ": " + entry);
      rises(entry);
      meetOrFetch(copies.get(in), entry);
    } else if (synced) {
      live(entry);
    } else {
      untilSynced.add(entry);
    }
  }

  /// On one connection live entries rise without a hole, unless something said that there is one.
  private void rises(JsonNode entry) {
    String in = Json.text(entry, "in");
    long seq = Json.number(entry, "seq");
    Long last = liveSeq.put(in, seq);
    if (last != null) {
      claim(seq > last, () -> this + " got " + in + " " + seq + " behind " + last);
      claim(
          seq == last + 1 || isExcused(entry),
          () -> this + " got " + in + " " + seq + " right behind " + last);
    }
  }

  private boolean isExcused(JsonNode entry) {
    return excused.remove(Json.text(entry, "in")) || letsMeIn(entry) || syncPages > 1;
  }

  private boolean letsMeIn(JsonNode entry) {
    return Json.text(entry, "kind").equals("join") && Json.texts(entry, "who").contains(user);
  }

  private void live(JsonNode entry) {
    String in = Json.text(entry, "in");
    boolean first = !liveSeq.containsKey(in);
    rises(entry);
    Copy copy = copies.get(in);
    if (copy == null) {
      meetOrFetch(begin(entry), entry);
      return;
    }
    if (first && Json.number(entry, "seq") > copy.told + 1) {
      claim(isExcused(entry), () -> this + " knows of " + copy + " and now gets " + entry);
    }
    meetOrFetch(copy, entry);
  }

  /// The first entry that is heard of a conversation, which was in no `sync`.
  private Copy begin(JsonNode entry) {
    long seq = Json.number(entry, "seq");
    claim(
        seq == 1 || isExcused(entry),
        () -> this + " first hears of a conversation in its middle: " + entry);
    return copyOf(Json.text(entry, "in"), "", seq == 1 || letsMeIn(entry) ? seq - 1 : 0);
  }

  private void meetOrFetch(@Nullable Copy copy, JsonNode entry) {
    if (copy == null) {
      throw new AssertionError(this + " knows nothing of " + entry);
    }
    meet(copy, entry);
    fetchWhatIsMissing(copy);
  }

  /// The client rule.
  private void meet(Copy copy, JsonNode entry) {
    long seq = Json.number(entry, "seq");
    copy.told = Math.max(copy.told, seq);
    if (seq > copy.applied) {
      copy.held.put(seq, entry);
      while (!copy.held.isEmpty() && copy.held.firstKey() <= copy.applied + 1) {
        JsonNode next = copy.held.pollFirstEntry().getValue();
        if (Json.number(next, "seq") == copy.applied + 1) {
          apply(copy, next);
        }
      }
    }
  }

  private void apply(Copy copy, JsonNode entry) {
    copy.apply(entry);
    String kind = Json.text(entry, "kind");
    if (kind.equals("end")) {
      copy.gone = true;
    } else if (!kind.equals("info") && Json.texts(entry, "who").contains(user)) {
      copy.gone = !kind.equals("join");
    }
  }

  private void gap(JsonNode gap) {
    String in = Json.text(gap, "in");
    if (gap.has("lost")) {
      lost.merge(in, Json.number(gap, "lost"), Long::sum);
      return;
    }
    excused.add(in);
    if (gap.path("gone").asBoolean(false)) {
      askForStretch(in);
      return;
    }
    Copy copy = copyOf(in, Json.text(gap, "epoch"), Json.number(gap, "after"));
    copy.gone = false;
    copy.told = Math.max(copy.told, Json.number(gap, "head"));
    if (synced) {
      fetchWhatIsMissing(copy);
    }
  }

  /// A conversation is over, and no entry says up to where: what there was may be read.
  private void askForStretch(String in) {
    Copy known = copies.get(in);
    long after = known == null ? 0 : known.applied;
    ask(
        Json.unit("history").put("in", in).put("after", after).put("limit", 1),
        page -> {
          if (isOk(page)) {
            Copy copy = copyOf(in, Json.text(page, "epoch"), Json.number(page, "low") - 1);
            copy.gone = true;
            copy.told = Math.max(copy.told, Json.number(page, "head"));
            fetchWhatIsMissing(copy);
          } else if (page.has("retry")) {
            later(page, () -> askForStretch(in));
          }
        });
  }

  // History.

  private void fetchWhatIsMissing(Copy copy) {
    if (!copy.lacksSomething() || copy.asking || socket == null) {
      return;
    }
    copy.asking = true;
    ObjectNode history =
        Json.unit("history")
            .put("in", copy.in)
            .put("after", copy.applied)
            .put("limit", 1 + simulation.random().nextInt(60));
    if (!copy.epoch.isEmpty()) {
      history.put("epoch", copy.epoch);
    }
    long asked = copy.applied;
    int recalls = simulation.witness().recalls();
    ask(history, page -> fetched(copy, asked, page, recalls));
  }

  private void fetched(Copy copy, long asked, JsonNode page, int recalls) {
    copy.asking = false;
    if (!isOk(page)) {
      if (page.has("retry")) {
        later(page, () -> fetchWhatIsMissing(copy));
      } else if (Json.text(page, "code").equals("epoch")) {
        copies.remove(copy.in);
      } else {
        copy.told = copy.applied; // not ours to see any more
        copy.held.clear();
      }
      return;
    }
    breakTo(copy, Json.number(page, "low"));
    page.path("items")
        .forEach(entry -> {
          simulation.witness().received(user, copy.in, entry, recalls);
          meet(copy, entry);
        });
    long head = Json.number(page, "head");
    boolean whole = !page.path("more").asBoolean();
    claim(
        !whole || copy.applied >= head, () -> this + " got no whole page of " + copy + ": " + page);
    if (whole && copy.gone) {
      copy.told = Math.max(copy.applied, head);
      copy.held.clear();
    }
    claim(
        copy.applied > asked || !copy.lacksSomething() || copy.gone, // or live ones came meanwhile
        () -> this + " does not get on with " + copy + " by " + page);
    fetchWhatIsMissing(copy);
  }

  // Topics.

  private void subscribe(String topic) {
    ObjectNode sub = Json.unit("sub").put("in", topic);
    Copy copy = copies.get(topic);
    if (copy != null) {
      sub.put("after", copy.applied);
      if (!copy.epoch.isEmpty()) {
        sub.put("epoch", copy.epoch);
      }
    }
    boolean fresh = subscribed.add(topic); // then nothing may come before the answer
    int recalls = simulation.witness().recalls();
    ask(sub, answer -> subscribed(topic, fresh, answer, recalls));
  }

  private void subscribed(String topic, boolean fresh, JsonNode answer, int recalls) {
    if (!isOk(answer)) {
      subscribed.remove(topic);
      if (answer.has("retry")) {
        later(answer, () -> subscribe(topic));
      } else {
        claim(Json.text(answer, "code").equals("epoch"), () -> this + " may not follow: " + answer);
        copies.remove(topic);
        subscribe(topic);
      }
      return;
    }
    following.add(topic);
    if (!answer.has("head")) {
      return;
    }
    long head = Json.number(answer, "head");
    Copy copy = copyOf(topic, Json.text(answer, "epoch"), head);
    copy.told = Math.max(copy.told, head);
    answer
        .path("items")
        .forEach(entry -> {
          simulation.witness().received(user, topic, entry, recalls);
          meet(copy, entry);
        });
    claim(
        !answer.path("whole").asBoolean(false) || copy.applied >= head,
        () -> this + " was promised the whole: " + answer);
    if (fresh) {
      liveSeq.put(topic, head);
    }
    fetchWhatIsMissing(copy);
  }

  @Override
  public String toString() {
    return device.isEmpty() ? user : user + "/" + device;
  }
}
