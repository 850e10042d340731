package dev.tidings.simulation;

import static dev.tidings.simulation.Witness.claim;

import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.engine.KeptLogs;
import dev.tidings.engine.KeptLogs.Stretch;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.Head;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A page that reads an event stream and does what a browser's `EventSource` does: it remembers the
/// last id and comes back with it, unless that says to stop. It asks for nothing and repairs
/// nothing, so whatever it is not given it lacks; and it believes no id: what that covers must have
/// been given.
final class StreamReader implements Peer {
  private final Simulation simulation;
  private final Scheduler.Strand strand;
  private final String user;
  private final List<String> topics;
  private boolean comesBack;
  private String device = "";

  /// What followed `after` up to `head` may be gone, in part or all of it.
  private record Gap(String in, long after, long head) {
    boolean covers(String where, Entry entry) {
      return in.equals(where) && after < entry.seq() && entry.seq() <= head;
    }
  }

  // What outlives a connection.

  private final Map<String, TreeSet<Long>> given = new HashMap<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final List<JsonNode> units = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private String lastId = "";
  private OptionalInt closeCode = OptionalInt.empty();
  private int repeated;

  /// Up to this commit nothing is owed: the stream began behind it.
  private long began = -1;

  // What belongs to the present connection.

  private @Nullable SimulatedSocket socket;
  private final Map<String, Long> last = new HashMap<>();

  StreamReader(Simulation simulation, String user, List<String> topics) {
    this.simulation = simulation;
    this.strand = simulation.strand(user + "/stream");
    this.user = user;
    this.topics = topics;
  }

  StreamReader alwaysComesBack() {
    comesBack = true;
    return this;
  }

  StreamReader onDevice(String name) {
    device = name;
    return this;
  }

  /// Opens the stream: the first time from now on, later with the last id.
  StreamReader opens() {
    return opensOn(simulation.anyLane());
  }

  StreamReader opensOn(int lane) {
    if (lastId.equals("stop")) {
      return this; // 204
    }
    last.clear();
    closeCode = OptionalInt.empty();
    SimulatedSocket fresh = simulation.accept(lane, strand, this, false);
    socket = fresh;
    Command.Auth auth =
        new Command.Auth(
            Head.of("auth"),
            Optional.empty(),
            Optional.of(user),
            1,
            device,
            "",
            OptionalInt.empty(),
            Map.of());
    fresh.open(auth, lastId, topics.stream().map(StreamReader::sub).toList());
    return this;
  }

  private static String sub(String topic) {
    return Json.unit("sub").put("id", topic).put("in", topic).toString();
  }

  /// Goes on from this id, whatever it had.
  StreamReader remembers(String id) {
    lastId = id;
    return this;
  }

  StreamReader isCut() {
    if (socket != null) {
      simulation.note(this, " is cut", "");
      socket.cut();
    }
    return this;
  }

  StreamReader takesOnly(int bytes) {
    if (socket != null) {
      socket.takeOnly(bytes);
    }
    return this;
  }

  StreamReader readsAgain() {
    if (socket != null) {
      socket.takeAll();
    }
    return this;
  }

  // What it knows.

  /// The numbers it was given in `in`, ascending, each once.
  List<Long> given(String in) {
    return List.copyOf(given.getOrDefault(in, new TreeSet<>()));
  }

  List<JsonNode> units() {
    return units;
  }

  List<JsonNode> units(String op) {
    return units.stream().filter(unit -> Json.text(unit, "op").equals(op)).toList();
  }

  List<String> ids() {
    return ids;
  }

  /// How many entries came again.
  int repeated() {
    return repeated;
  }

  boolean isConnected() {
    return socket != null;
  }

  OptionalInt closeCode() {
    return closeCode;
  }

  int bytesWaitingMost() {
    return socket == null ? 0 : socket.waitingBytesMost();
  }

  // The connection.

  @Override
  public void received(SimulatedSocket from, String frame) {
    if (from != socket) {
      return;
    }
    for (String line : frame.lines().toList()) {
      simulation.note(this, " < ", line);
      if (line.startsWith("id: ")) {
        id(line.substring(4));
      } else {
        JsonNode unit = Json.read(line);
        units.add(unit);
        on(unit);
      }
    }
  }

  private void id(String id) {
    lastId = id;
    ids.add(id);
    if (id.equals("stop")) {
      return;
    }
    long commit = commit(id);
    if (began < 0) {
      began = commit;
    }
    claim(lacks(commit).isEmpty(), () -> this + " was told " + id + " and lacks " + lacks(commit));
  }

  private static long commit(String id) {
    return Long.parseLong(id.split("-", -1)[1], 36);
  }

  private void on(JsonNode unit) {
    switch (Json.text(unit, "op")) {
      case "msg" -> msg(unit);
      case "gap" -> gap(unit);
      case "err" -> {
        if (Json.text(unit, "re").equals("stream")) {
          began = -1; // it begins anew with the next id
        }
      }
      default -> {
        // nothing to keep
      }
    }
  }

  private void gap(JsonNode gap) {
    if (!gap.has("after")) {
      return;
    }
    String in = Json.text(gap, "in");
    long after = Json.number(gap, "after");
    ConversationId id = Witness.id(user, in);
    claim(
        id.kind() == ConversationId.Kind.GROUP || simulation.kept().low(id) > after + 1,
        () -> this + " was told of a gap where nothing is gone: " + gap);
    gaps.add(new Gap(in, after, Json.number(gap, "head")));
  }

  private void msg(JsonNode entry) {
    String in = Json.text(entry, "in");
    if (!entry.has("seq")) {
      return;
    }
    long seq = Json.number(entry, "seq");
    simulation.witness().received(user, in, entry);
    Long before = last.put(in, seq);
    claim(before == null || seq > before, () -> this + " was given " + entry + " behind " + before);
    if (!given.computeIfAbsent(in, name -> new TreeSet<>()).add(seq)) {
      repeated++;
    }
  }

  @Override
  public void closed(SimulatedSocket which, OptionalInt code) {
    if (which != socket) {
      return;
    }
    simulation.note(this, " closed ", code.toString());
    socket = null;
    closeCode = code;
    if (comesBack) {
      strand.schedule(
          () -> {
            if (socket == null) {
              opens();
            }
          },
          1 + simulation.random().nextInt(2_000));
    }
  }

  // What it must have.

  /// Whether it was given all that there is.
  boolean hasEverything() {
    return isConnected() && lacks(Long.MAX_VALUE).isEmpty();
  }

  /// What is his to see of the commits from where the stream began to this one, and was not given.
  Set<String> lacks(long upToCommit) {
    Set<String> lacking = new TreeSet<>();
    KeptLogs kept = simulation.kept();
    for (ConversationId id : kept.conversations()) {
      Optional<Stretch> stretch = stretch(kept, id);
      if (stretch.isEmpty()) {
        continue;
      }
      String in = id.addressFor(user);
      for (Entry entry : kept.entries(id)) {
        boolean owed =
            entry.commit() > began
                && entry.commit() <= upToCommit
                && entry.seq() >= stretch.get().low()
                && entry.seq() <= stretch.get().until();
        boolean told =
            entry.seq() < kept.low(id) && gaps.stream().anyMatch(gap -> gap.covers(in, entry));
        if (owed && !told && !given.getOrDefault(in, new TreeSet<>()).contains(entry.seq())) {
          lacking.add(in + " " + entry.seq());
        }
      }
    }
    return lacking;
  }

  private Optional<Stretch> stretch(KeptLogs kept, ConversationId id) {
    Stretch whole = new Stretch(1, Long.MAX_VALUE);
    return switch (id.kind()) {
      case PRIVATE -> id.isOf(user) ? Optional.of(whole) : Optional.empty();
      case TOPIC -> topics.contains(id.toString()) ? Optional.of(whole) : Optional.empty();
      case GROUP, ANNOUNCEMENT -> {
        List<Stretch> all = kept.stretches(user, id);
        yield all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
      }
    };
  }

  @Override
  public String toString() {
    return user + "/stream";
  }
}
