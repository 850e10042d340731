package dev.tidings.hub;

import dev.tidings.conversation.EntryWriter;
import dev.tidings.conversation.Readers;
import dev.tidings.engine.ConversationId;
import dev.tidings.protocol.JsonWriter;
import dev.tidings.protocol.Payload;
import dev.tidings.session.Frame;
import dev.tidings.session.Outbox;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Passes on what is published in topics without a log: to whoever follows them now, on every lane,
/// once per tick. Nothing is kept, so what finds no room is treated as the topic's policy says.
final class Passing {
  /// Units of one topic that leave together.
  private static final class Bundle {
    final String topic;
    final JsonWriter units;
    int count;

    Bundle(String topic, JsonWriter units, int count) {
      this.topic = topic;
      this.units = units;
      this.count = count;
    }
  }

  private final Shard shard;
  private final Hub hub;
  private final FanOut fanOut;
  private final Neighbours neighbours;

  /// What was published on this lane in this tick, by topic.
  private final Map<String, Bundle> published = new LinkedHashMap<>();

  /// And of topics where only the newest matters.
  private final List<Conflation.Newest> newest = new ArrayList<>();

  private final Conflation conflation;

  Passing(Hub hub, Shard shard, FanOut fanOut, Neighbours neighbours) {
    this.hub = hub;
    this.shard = shard;
    this.fanOut = fanOut;
    this.neighbours = neighbours;
    this.conflation = new Conflation(shard, this::passNewest);
  }

  /// Passes `data` on to whoever follows `topic` now, on every lane, at the end of this tick.
  ///
  /// @param key of what it is the newest, where only that matters
  void publish(String topic, String from, String key, List<String> mention, Payload data) {
    if (published.isEmpty() && newest.isEmpty()) {
      shard.atEndOfTick(this::passOn);
    }
    if (shard.settings.policyOf(topic).kind() == TopicPolicy.Kind.LATEST) {
      JsonWriter unit = new JsonWriter(64 + data.sizeBytes());
      EntryWriter.passing(unit, "t:" + topic, from, mention, data, shard.clock.epochMillis());
      newest.add(new Conflation.Newest(topic, key, unit.toBytes()));
      if (newest.size() >= Conflation.KEYS_MAX) {
        passOn();
      }
      return;
    }
    Bundle bundle =
        published.computeIfAbsent(topic, name -> new Bundle(name, new JsonWriter(512), 0));
    JsonWriter units = bundle.units;
    if (units.length() > 0) {
      units.newLine();
    }
    EntryWriter.passing(units, "t:" + topic, from, mention, data, shard.clock.epochMillis());
    bundle.count++;
    if (units.length() >= Run.BYTES_MAX) {
      passOn();
    }
  }

  private void passOn() {
    if (published.isEmpty() && newest.isEmpty()) {
      return;
    }
    List<Bundle> batch = List.copyOf(published.values());
    List<Conflation.Newest> changes = List.copyOf(newest);
    published.clear();
    newest.clear();
    if (!neighbours.others().isAlone()) {
      neighbours.others().pass(publications(batch, changes));
    }
    for (int lane = 0; lane < neighbours.count(); lane++) {
      if (lane == shard.index) {
        pass(batch, changes);
      } else {
        neighbours.tell(lane, other -> other.passing().pass(batch, changes));
      }
    }
  }

  private static List<OtherNodes.Publication> publications(
      List<Bundle> batch, List<Conflation.Newest> changes) {
    List<OtherNodes.Publication> all = new ArrayList<>(batch.size() + changes.size());
    for (Bundle bundle : batch) {
      byte[] units = bundle.units.toBytes();
      all.add(new OtherNodes.Publication(bundle.topic, false, "", bundle.count, units));
    }
    for (Conflation.Newest change : changes) {
      all.add(new OtherNodes.Publication(change.topic(), true, change.key(), 1, change.unit()));
    }
    return all;
  }

  /// Was published on another node.
  ///
  /// @param lost whether there is no room for it: those who follow are told how much they miss
  void fromOtherNode(OtherNodes.Publication publication, boolean lost) {
    String topic = publication.topic();
    if (shard.topics.readers(topic).isEmpty()) {
      return;
    }
    if (lost) {
      shard
          .topics
          .readers(topic)
          .forEach(session -> {
            session.arrears().lose(topic, publication.count());
            hub.catchingUp().note(session);
          });
    } else if (publication.latest()) {
      Conflation.Newest change =
          new Conflation.Newest(topic, publication.key(), publication.units());
      pass(List.of(), List.of(change));
    } else {
      JsonWriter units = new JsonWriter(publication.units().length);
      units.raw(publication.units());
      pass(List.of(new Bundle(topic, units, publication.count())), List.of());
    }
  }

  /// The units are only read here, for every lane makes its own frames of them.
  private void pass(List<Bundle> batch, List<Conflation.Newest> changes) {
    for (Conflation.Newest change : changes) {
      conflation.take(change, shard.settings.policyOf(change.topic()).everyMillis());
    }
    for (Bundle bundle : batch) {
      if (!shard.topics.readers(bundle.topic).isEmpty()) {
        pass(bundle);
      }
    }
    fanOut.proceed();
  }

  private void passNewest(String topic, JsonWriter units, int count) {
    pass(new Bundle(topic, units, count));
    fanOut.proceed();
  }

  /// The newest of each key in a topic where only that matters.
  JsonWriter newest(String topic) {
    return conflation.all(topic);
  }

  void sweep() {
    conflation.sweep(shard.topics);
  }

  private void pass(Bundle bundle) {
    ConversationId topic = new ConversationId(ConversationId.Kind.TOPIC, bundle.topic);
    Course course = fanOut.course(topic);
    if (course != null && course.lastWaiting() instanceof Passage last && !last.isFull()) {
      last.add(bundle);
      fanOut.grew(course);
    } else {
      fanOut.add(topic, new Passage(bundle));
    }
  }

  /// Units on their way to those who follow a topic without a log.
  private final class Passage extends Course.Handout {
    private final String topic;
    private final List<Bundle> parts = new ArrayList<>(1);
    private int bytes;
    private int units;
    private final TopicPolicy policy;
    private byte @Nullable [] held;

    Passage(Bundle first) {
      this.topic = first.topic;
      this.policy = shard.settings.policyOf(topic);
      add(first);
    }

    void add(Bundle more) {
      parts.add(more);
      bytes += more.units.length();
      units += more.count;
    }

    boolean isFull() {
      return bytes >= Run.BYTES_MAX;
    }

    /// It is of no commit.
    @Override
    long commit() {
      return 0;
    }

    @Override
    int sizeBytes() {
      return bytes;
    }

    @Override
    Readers readers() {
      return shard.topics.readers(topic);
    }

    @Override
    Frame make() {
      return shard.frames.of(all());
    }

    private JsonWriter all() {
      if (parts.size() == 1) {
        return parts.getFirst().units;
      }
      JsonWriter all = new JsonWriter(bytes + parts.size());
      for (Bundle part : parts) {
        if (all.length() > 0) {
          all.newLine();
        }
        all.rawUnits(part.units);
      }
      return all;
    }

    @Override
    void give(Session session, Frame frame) {
      if (!session.isHolding() && session.outbox().offerPassing(frame) == Outbox.Offer.ACCEPTED) {
        return;
      }
      if (policy.kind() == TopicPolicy.Kind.DROP_OLDEST) {
        session.arrears().hold(topic, bytes(), units);
      } else {
        session.arrears().lose(topic, units);
      }
      hub.catchingUp().note(session);
    }

    /// The units once more, for all who hold them.
    private byte[] bytes() {
      byte[] known = held;
      if (known == null) {
        known = all().toBytes();
        held = known;
      }
      return known;
    }
  }
}
