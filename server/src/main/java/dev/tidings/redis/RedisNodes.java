package dev.tidings.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.base.Clock;
import dev.tidings.engine.Store.NotKeptException;
import dev.tidings.engine.Store.StoreException;
import dev.tidings.hub.OtherNodes;
import dev.tidings.redis.ToOthers.Message;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the nodes tell each other beside the rows ([OtherNodes]), by two streams in Redis and one
/// hash of users per node. A thread tells (`nodes-teller`), one hears (`nodes-follower`).
///
/// A node is there while it has its lease. Whoever finds one missing takes the users of that node
/// off for all, in the same order in which everything else is told; a node that was only frozen
/// finds that out when it renews, and tells of its users anew. Numbers of messages are dense: who
/// misses some reads anew where everybody is.
public final class RedisNodes implements OtherNodes, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisNodes.class);

  private static final String CONTROL = "told";
  private static final String PASSING = "passing";

  /// What the streams keep for who is behind. A message of the second has some 16 KiB, rarely 64.
  private static final int CONTROL_MAX = 10_000;

  private static final int PASSING_MAX = 500;

  private static final long LEASE_MILLIS = 4_000;
  private static final long RENEW_MILLIS = 1_000;
  private static final long TRY_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long ANSWER_MILLIS = 2_000;
  private static final long FOLLOW_BLOCK_MILLIS = 500;
  private static final int HEARD_AT_ONCE = 64;

  /// What may be under way to the lanes.
  private static final int UNDER_WAY_BYTES_MAX = 4 << 20;

  private final Link link;
  private final Clock clock;
  private final byte[] node;
  private final String name;
  private final ToOthers toOthers;
  private final Semaphore underWay = new Semaphore(UNDER_WAY_BYTES_MAX);
  private final Thread teller;
  private final Thread follower;
  private OtherNodes.@Nullable Listener listener;

  private volatile boolean closing;

  /// The last messages there are, as the teller has seen.
  private volatile long lastTold;

  private volatile long lastPassed;

  // Confined to the teller.
  private long renewAtMillis;
  private boolean silent;

  // Confined to the follower.
  private final Map<String, Map<String, Long>> where = new HashMap<>();
  private long told;
  private long passed;

  /// Connects. Nothing is told before [#start(OtherNodes.Listener)].
  ///
  /// @param node as the engine's
  /// @throws StoreException in words for an operator
  public RedisNodes(RedisAddress address, String prefix, String node, Clock clock) {
    this.link = claimed(Link.open(address, prefix));
    this.clock = clock;
    this.toOthers = new ToOthers(clock, this::givenUp);
    this.name = node;
    this.node = node.getBytes(UTF_8);
    this.teller = Thread.ofPlatform().daemon().name("nodes-teller").unstarted(this::tell);
    this.follower = Thread.ofPlatform().daemon().name("nodes-follower").unstarted(this::follow);
  }

  private static Link claimed(Link link) {
    try {
      Format.claim(link);
      return link;
    } catch (StoreException e) {
      link.close();
      throw e;
    }
  }

  /// Takes the lease and hears where everybody is, before this returns. To be called once.
  public void start(OtherNodes.Listener hears) {
    listener = hears;
    renew();
    readAnew();
    teller.start();
    follower.start();
  }

  // What is to be told.

  @Override
  public boolean isAlone() {
    return false;
  }

  @Override
  public void came(String user, long sinceMillis) {
    toOthers.came(user, sinceMillis);
    LockSupport.unpark(teller);
  }

  @Override
  public void left(String user) {
    toOthers.left(user);
    LockSupport.unpark(teller);
  }

  @Override
  public boolean device(String user, String device) {
    if (closing) {
      return false;
    }
    tell(toOthers.message("device", user, device.getBytes(UTF_8)));
    return true;
  }

  @Override
  public void kick(Kick kick) {
    String how = kick.of().name() + " " + kick.commit() + " " + kick.who();
    tell(toOthers.message("kick", how, kick.device().getBytes(UTF_8)));
  }

  private void tell(Message message) {
    toOthers.tell(message);
    LockSupport.unpark(teller);
  }

  @Override
  public void pass(List<Publication> publications) {
    for (Publication each : publications) {
      String what = each.topic() + " " + each.count() + (each.latest() ? " " + each.key() : "");
      toOthers.pass(toOthers.message("pass", what, each.units()));
    }
    LockSupport.unpark(teller);
  }

  private void givenUp(Message message) {
    if (message.kind().equals("device")) {
      listener().announced(text(message.a()), text(message.b()));
    }
  }

  private OtherNodes.Listener listener() {
    OtherNodes.Listener hears = listener;
    if (hears == null) {
      throw new IllegalStateException("not started");
    }
    return hears;
  }

  // The teller.

  private void tell() {
    renewAtMillis = clock.monotonicMillis() + RENEW_MILLIS;
    while (!closing) {
      try {
        if (clock.monotonicMillis() >= renewAtMillis) {
          renew();
        }
        tellAll();
        if (silent) {
          silent = false;
          LOG.info("other nodes can be told again");
        }
        if (toOthers.isEmpty() && !closing) {
          LockSupport.parkNanos(
              this,
              TimeUnit.MILLISECONDS.toNanos(Math.max(1, renewAtMillis - clock.monotonicMillis())));
        }
      } catch (StoreException e) {
        if (!silent && !closing) {
          silent = true;
          LOG.warn("other nodes cannot be told: {}", e.getMessage());
        }
        LockSupport.parkNanos(this, TRY_AGAIN_NANOS);
      } catch (RuntimeException e) {
        LOG.error("telling other nodes failed", e);
        LockSupport.parkNanos(this, TRY_AGAIN_NANOS);
      }
    }
  }

  /// Who has no lease, or not any more, tells of all who are here.
  private void renew() {
    renewAtMillis = clock.monotonicMillis() + RENEW_MILLIS;
    List<Object> answer = lease(false);
    if ((Long) answer.get(0) == 0 || toOthers.takeAnew()) {
      toOthers.allAnew();
    }
    lastTold = (Long) answer.get(1);
    lastPassed = (Long) answer.get(2);
  }

  private List<Object> lease(boolean back) {
    return link.run(
        Script.LEASE,
        ANSWER_MILLIS,
        node,
        bytes(LEASE_MILLIS),
        bytes(CONTROL_MAX),
        bytes(back ? 1 : 0));
  }

  private void tellAll() {
    if (toOthers.takeAnew()) {
      toOthers.allAnew();
    }
    List<Message> changed = toOthers.takeChanged();
    try {
      if (!tell(CONTROL, CONTROL_MAX, changed)) {
        toOthers.changedAgain(changed);
        return;
      }
    } catch (StoreException e) {
      toOthers.changedAgain(changed); // it may be told twice
      throw e;
    }
    tellOnce(CONTROL, CONTROL_MAX, toOthers.takeControl());
    tellOnce(PASSING, PASSING_MAX, toOthers.takePassing());
  }

  /// What may have been told is not told again, but for a kick, which may.
  private void tellOnce(String stream, int most, List<Message> messages) {
    boolean done = false;
    boolean perhaps = false;
    try {
      done = tell(stream, most, messages);
    } catch (NotKeptException e) {
      throw e;
    } catch (StoreException e) {
      perhaps = true;
      throw e;
    } finally {
      if (!done) {
        List<Message> again = new ArrayList<>();
        for (Message each : messages) {
          if (perhaps && !each.kind().equals("kick")) {
            givenUp(each);
          } else {
            again.add(each);
          }
        }
        if (stream.equals(CONTROL)) {
          toOthers.tellAgain(again);
        } else {
          toOthers.passAgain(again);
        }
      }
    }
  }

  /// `false`: this node had no lease; it has one again.
  private boolean tell(String stream, int most, List<Message> messages) {
    if (messages.isEmpty()) {
      return true;
    }
    byte[][] arguments = new byte[3 + 3 * messages.size()][];
    arguments[0] = node;
    arguments[1] = stream.getBytes(UTF_8);
    arguments[2] = bytes(most);
    int at = 3;
    for (Message each : messages) {
      arguments[at++] = each.kind().getBytes(UTF_8);
      arguments[at++] = each.a();
      arguments[at++] = each.b();
    }
    if ((Long) link.run(Script.TELL, ANSWER_MILLIS, arguments).getFirst() == 1) {
      return true;
    }
    renew();
    return false;
  }

  // The follower.

  private void follow() {
    @Nullable StatefulConnection<byte[], byte[]> connection = null;
    boolean deaf = false;
    while (!closing) {
      try {
        if (connection == null) {
          connection = link.connect();
        }
        hear(connection);
        deaf = false;
      } catch (InterruptedException e) {
        break;
      } catch (RuntimeException e) {
        if (!closing && !deaf) {
          LOG.warn("cannot hear what other nodes say: {}", e.getMessage());
        }
        deaf = true;
        if (connection != null) {
          connection.closeAsync();
          connection = null;
        }
        LockSupport.parkNanos(this, TRY_AGAIN_NANOS);
      }
    }
    if (connection != null) {
      connection.closeAsync();
    }
  }

  @SuppressWarnings("unchecked") // an array of two
  private void hear(StatefulConnection<byte[], byte[]> connection) throws InterruptedException {
    long toldBefore = lastTold;
    long passedBefore = lastPassed;
    if (toldBefore < told && lastTold < told && isBehind("told:last", told)) {
      LOG.warn("what other nodes said is gone from Redis: looking anew where everybody is");
      readAnew();
    }
    if (passedBefore < passed && isBehind("passing:last", passed)) {
      passed = 0;
    }
    List<StreamMessage<byte[], byte[]>> messages =
        link.await(
            Link.commands(connection)
                .xread(
                    XReadArgs.Builder.block(FOLLOW_BLOCK_MILLIS).count(HEARD_AT_ONCE),
                    XReadArgs.StreamOffset.from(link.key(CONTROL), told + "-0"),
                    XReadArgs.StreamOffset.from(link.key(PASSING), passed + "-0")),
            ANSWER_MILLIS + FOLLOW_BLOCK_MILLIS);
    boolean control = true;
    for (StreamMessage<byte[], byte[]> each : messages) {
      long number = Long.parseLong(each.getId().substring(0, each.getId().indexOf('-')));
      Heard heard = Heard.of(each);
      if (heard.kind().equals("pass")) {
        if (number != passed + 1) {
          LOG.warn("missed what was passed on in topics: {} times", number - passed - 1);
        }
        passed = number;
        passed(heard);
      } else if (control && number == told + 1) {
        told = number;
        on(heard);
      } else if (control) {
        LOG.warn("missed what other nodes said: looking anew where everybody is");
        readAnew();
        control = false; // the rest of these was read already, or comes once more
      }
    }
  }

  private boolean isBehind(String counter, long number) {
    return last(counter) < number;
  }

  private long last(String counter) {
    byte[] value = link.await(link.commands().get(link.key(counter)), ANSWER_MILLIS);
    return value == null ? 0 : Long.parseLong(text(value));
  }

  /// One message; who said it, and what.
  private record Heard(String node, String kind, byte[] a, byte[] b) {
    static Heard of(StreamMessage<byte[], byte[]> message) {
      Map<String, byte[]> fields = new HashMap<>();
      message.getBody().forEach((field, value) -> fields.put(text(field), value));
      byte[] none = new byte[0];
      return new Heard(
          text(fields.getOrDefault("o", none)),
          text(fields.getOrDefault("k", none)),
          fields.getOrDefault("a", none),
          fields.getOrDefault("b", none));
    }
  }

  private void on(Heard heard) {
    boolean own = heard.node().equals(name);
    String a = text(heard.a());
    String b = text(heard.b());
    switch (heard.kind()) {
      case "on" -> {
        if (!own) {
          long since = Long.parseLong(b);
          where.computeIfAbsent(heard.node(), fresh -> new HashMap<>()).put(a, since);
          listener().on(heard.node(), Map.of(a, since));
        }
      }
      case "off" -> {
        Map<String, Long> users = where.get(heard.node());
        if (users != null && users.remove(a) != null) {
          listener().off(heard.node(), Set.of(a));
        }
      }
      case "gone" -> {
        Map<String, Long> users = where.remove(heard.node());
        if (!own) {
          LOG.info("node gone node={} users={}", heard.node(), users == null ? 0 : users.size());
        }
        if (users != null) {
          listener().off(heard.node(), users.keySet());
        }
      }
      case "device" -> {
        if (own) {
          listener().announced(a, b);
        } else {
          listener().device(a, b);
        }
      }
      case "kick" -> {
        if (!own) {
          String[] how = a.split(" ", 3);
          listener().kick(new Kick(Kick.Of.valueOf(how[0]), how[2], b, Long.parseLong(how[1])));
        }
      }
      default -> LOG.warn("a node says what this one does not know: {}", heard.kind());
    }
  }

  private void passed(Heard heard) throws InterruptedException {
    if (heard.node().equals(name)) {
      return;
    }
    String[] what = text(heard.a()).split(" ", 3);
    int bytes = Math.min(heard.b().length + 128, UNDER_WAY_BYTES_MAX);
    underWay.acquire(bytes);
    Publication publication =
        new Publication(
            what[0],
            what.length == 3,
            what.length == 3 ? what[2] : "",
            Integer.parseInt(what[1]),
            heard.b());
    listener().passed(publication, () -> underWay.release(bytes));
  }

  /// Where everybody is. What is told meanwhile is heard once more behind it, and changes nothing.
  private void readAnew() {
    long from = last("told:last");
    Map<String, Map<String, Long>> now = new HashMap<>();
    for (byte[] each : link.await(link.commands().smembers(link.key("nodes")), ANSWER_MILLIS)) {
      String other = text(each);
      if (!other.equals(name)) {
        Map<String, Long> users = new HashMap<>();
        link.await(link.commands().hgetall(link.key("on:" + other)), 2 * ANSWER_MILLIS)
            .forEach((user, since) -> users.put(text(user), Long.parseLong(text(since))));
        now.put(other, users);
      }
    }
    for (Map.Entry<String, Map<String, Long>> before : where.entrySet()) {
      Set<String> gone = new HashSet<>(before.getValue().keySet());
      gone.removeAll(now.getOrDefault(before.getKey(), Map.of()).keySet());
      listener().off(before.getKey(), gone);
    }
    now.forEach((other, users) -> listener().on(other, users));
    where.clear();
    where.putAll(now);
    listener().forgetAnnounced();
    if (told == 0) {
      passed = last("passing:last");
    }
    told = from;
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  /// Takes all who are here off at once, and hears no more. Harmless when repeated.
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    follower.interrupt();
    LockSupport.unpark(teller);
    try {
      teller.join();
      follower.join();
      lease(true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StoreException e) {
      LOG.warn("the other nodes will miss this one in a moment: {}", e.getMessage());
    } finally {
      link.close();
    }
  }
}
