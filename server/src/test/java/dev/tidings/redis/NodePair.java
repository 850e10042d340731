package dev.tidings.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.base.Clock;
import dev.tidings.base.Ids;
import dev.tidings.engine.Batch;
import dev.tidings.engine.Change;
import dev.tidings.engine.Committed;
import dev.tidings.engine.Engine;
import dev.tidings.engine.EngineBed.Driven;
import dev.tidings.engine.EngineLimits;
import dev.tidings.engine.Level;
import dev.tidings.engine.LogEngine;
import dev.tidings.engine.Query;
import dev.tidings.engine.Sanctions;
import dev.tidings.engine.Ticket;
import io.lettuce.core.Range;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/// Two nodes on one Redis that look like one engine: each change is decided by either of them, as
/// chance wills, and each read answered by either. Driven in the test's own thread. Both must tell
/// the same.
final class NodePair implements Engine {
  /// One of the two, and what it told its first lane.
  private static final class Node {
    final RedisStore store;
    final LogEngine engine;
    final Link link;
    final List<String> told = new ArrayList<>();

    Node(String prefix, String name, Clock clock, Ids ids, EngineLimits limits) {
      link = TestRedis.link(prefix);
      store = new RedisStore(link, new Durability(link, Wanted.of(Level.MEMORY)), name);
      store.look();
      store.begin(store.take());
      engine = new LogEngine(store, clock, ids, limits, Level.MEMORY, "", () -> {}, Runnable::run);
      store.pass();
    }

    boolean absorb() {
      var found =
          link.await(
              link.commands()
                  .xrange(link.key(Told.STREAM), Range.create(store.applied() + 1 + "-0", "+")),
              5_000);
      found.stream()
          .map(message -> Told.of(message, Level.MEMORY))
          .forEach(next -> {
            Batch batch = Batch.of(next.row());
            store.absorbed(next, batch);
            engine.absorb(batch);
          });
      return !found.isEmpty();
    }
  }

  private final Node first;
  private final Node second;
  private final Random random;

  /// Decides what is submitted next.
  private Node next;

  /// What the second node has to say waits until the first knows the same.
  private final Deque<Runnable> held = new ArrayDeque<>();

  private List<LaneDoor> doors = List.of();
  private boolean closed;

  NodePair(String prefix, String start, Random random, Clock clock, Ids ids, EngineLimits limits) {
    this.random = random;
    this.first = new Node(prefix, start + "a", clock, ids, limits);
    this.second = new Node(prefix, start + "b", clock, ids, limits);
    first.absorb();
    this.next = first;
  }

  Driven driven() {
    return new Driven(this, this::drain, /* ownThreads= */ false);
  }

  private boolean drain() {
    boolean did = first.engine.drain() || first.engine.tidy();
    did |= meet();
    did |= second.engine.drain() || second.engine.tidy();
    did |= meet();
    return did;
  }

  /// Both know everything afterwards.
  private boolean meet() {
    boolean any = second.absorb();
    any |= first.absorb();
    while (!held.isEmpty()) {
      held.removeFirst().run();
      any = true;
    }
    return any;
  }

  private Node either() {
    return random.nextBoolean() ? first : second;
  }

  @Override
  public void start(List<LaneDoor> lanes) {
    doors = List.copyOf(lanes);
    List<LaneDoor> of1 = new ArrayList<>();
    List<LaneDoor> of2 = new ArrayList<>();
    for (LaneDoor door : doors) {
      boolean isFirst = of1.isEmpty();
      of1.add(
          new LaneDoor(
              door.lane(),
              (commit, committed, answers) -> {
                if (isFirst) {
                  note(first, committed);
                }
                door.listener().on(commit, committed, answers);
              }));
      of2.add(
          new LaneDoor(
              task -> held.add(() -> door.lane().execute(task)),
              (commit, committed, answers) -> {
                if (isFirst) {
                  note(second, committed);
                }
                if (!answers.isEmpty()) {
                  door.listener().on(first.engine.commit(), List.of(), answers);
                }
              }));
    }
    first.engine.start(of1);
    second.engine.start(of2);
  }

  /// Whoever asked is known only where he did.
  private static void note(Node node, List<Committed> committed) {
    for (Committed each : committed) {
      node.told.add(
          switch (each) {
            case Committed.Signalled signalled ->
                signalled.conversation() + " " + signalled.from() + " " + signalled.data();
            case Committed.Marked marked ->
                marked.conversation()
                    + " "
                    + List.of(marked.user(), marked.got(), marked.read(), marked.toAll());
            case Committed.Preferred preferred ->
                preferred.conversation()
                    + " "
                    + List.of(preferred.user(), preferred.muteUntilMillis(), preferred.blocks());
            default -> each.toString();
          });
    }
  }

  @Override
  public boolean submit(Change change) {
    if (first.engine.isDrained() && second.engine.isDrained()) {
      next = either();
    }
    return next.engine.submit(change); // the same one for what has to keep its order
  }

  @Override
  public boolean read(Query query, Ticket ticket) {
    if (!closed) {
      meet();
    }
    return either().engine.read(query, ticket);
  }

  @Override
  public long commit() {
    return first.engine.commit();
  }

  @Override
  public String cursor(long commit, long nowMillis) {
    return either().engine.cursor(commit, nowMillis);
  }

  @Override
  public OptionalLong toldUpTo(String cursor, long nowMillis) {
    return either().engine.toldUpTo(cursor, nowMillis);
  }

  @Override
  public Level level() {
    return first.engine.level();
  }

  @Override
  public Sanctions sanctions() {
    return either().engine.sanctions();
  }

  @Override
  public Map<String, String> channels() {
    return either().engine.channels();
  }

  @Override
  public List<String> erasing() {
    return either().engine.erasing();
  }

  @Override
  public String fault() {
    return first.engine.fault() + second.engine.fault();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (drain()) {
      // until both have nothing to say any more
    }
    // One of them may have said more by now that nobody listened to any more.
    int both = Math.min(first.told.size(), second.told.size());
    assertThat(second.told.subList(0, both)).isEqualTo(first.told.subList(0, both));
    first.engine.close();
    second.engine.close();
  }
}
