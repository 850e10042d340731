package dev.tidings.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.conversation.Readers;
import dev.tidings.engine.ConversationId;
import dev.tidings.protocol.CloseCode;
import dev.tidings.session.Connection;
import dev.tidings.session.Frame;
import dev.tidings.session.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What one conversation hands out, some readers at a time.
class CourseTest {
  private static final Frame FRAME =
      new Frame() {
        @Override
        public int sizeBytes() {
          return 100;
        }

        @Override
        public void release() {}
      };

  /// A socket that nothing is written to: what is given is noted by the handouts.
  private static final Connection NOWHERE =
      new Connection() {
        @Override
        public void write(Frame frame) {
          throw new AssertionError("nothing is to be written");
        }

        @Override
        public int waitingBytes() {
          return 0;
        }

        @Override
        public void pauseReading() {}

        @Override
        public void resumeReading() {}

        @Override
        public void close(CloseCode code, Frame bye) {}

        @Override
        public boolean loopback() {
          return true;
        }

        @Override
        public boolean lines() {
          return true;
        }
      };

  private final Course course = new Course(new ConversationId(ConversationId.Kind.TOPIC, "large"));
  private final Readers readers = new Readers();
  private final Map<Session, List<Integer>> given = new LinkedHashMap<>();
  private int handouts;

  private Session reader() {
    Session session = Session.opened(NOWHERE, "n", given.size(), 0);
    given.put(session, new ArrayList<>());
    readers.add(session);
    return session;
  }

  private List<Session> readers(int count) {
    return IntStream.range(0, count).mapToObj(i -> reader()).toList();
  }

  private List<Integer> heard(Session session) {
    return given.getOrDefault(session, List.of());
  }

  /// A handout of the next number; 1 is the first.
  private final class Numbered extends Course.Handout {
    final int number = ++handouts;

    @Override
    long commit() {
      return number;
    }

    @Override
    int sizeBytes() {
      return FRAME.sizeBytes();
    }

    @Override
    Readers readers() {
      return readers;
    }

    @Override
    Frame make() {
      return FRAME;
    }

    @Override
    void give(Session session, Frame frame) {
      assertThat(session.isClosed()).isFalse();
      heard(session).add(number);
    }
  }

  private void finish() {
    for (int i = 0; i < 10_000 && !course.isOver(); i++) {
      course.proceed(3);
    }
    assertThat(course.isOver()).isTrue();
  }

  @Test
  void whatComesOnTheWayJoinsAndReachesTheOthersTogether() {
    List<Session> all = readers(8);
    course.add(new Numbered());
    course.proceed(2);
    course.add(new Numbered());
    int visits = 0;
    while (!course.isOver()) {
      visits += course.proceed(2);
    }
    assertThat(visits).as("the other six, and the first two once more").isEqualTo(8);
    assertThat(all).allMatch(each -> heard(each).equals(List.of(1, 2)));
  }

  @Test
  void whatComesTooSoonBehindAnotherWaits() {
    readers(80);
    course.add(new Numbered());
    course.proceed(1);
    course.add(new Numbered());
    course.proceed(1);
    assertThat(course.lastWaiting()).as("more may be put to it").isNotNull();
    course.proceed(19);
    assertThat(course.lastWaiting()).isNotNull();
    course.proceed(1);
    assertThat(course.lastWaiting()).isNull();
  }

  @Test
  void readersComeAndGoBetweenWhatIsBeforeAndBehind() {
    List<Session> all = readers(8);
    List<Session> late = new ArrayList<>();
    course.add(new Numbered());
    course.proceed(3);
    course.add(
        new Course.Turnover(
            1,
            () -> {
              readers.remove(all.getFirst());
              late.add(reader());
            }));
    course.add(new Numbered());
    finish();
    assertThat(heard(all.getFirst())).containsExactly(1);
    assertThat(all.subList(1, 8)).allMatch(each -> heard(each).equals(List.of(1, 2)));
    assertThat(heard(late.getFirst())).containsExactly(2);
  }

  @Test
  void aStreamWithoutEndGivesTheDeadAwayNevertheless() {
    List<Session> first = readers(64);
    course.add(new Numbered());
    course.proceed(16);
    first.subList(0, 40).forEach(this::closes);
    List<Session> last = first.subList(40, 64);
    for (int i = 0; i < 200; i++) {
      course.add(new Numbered());
      course.proceed(8);
    }
    assertThat(readers.needsSweep()).as("it was swept on the way").isFalse();
    finish();
    assertThat(last)
        .allMatch(each -> heard(each).equals(IntStream.rangeClosed(1, 201).boxed().toList()));
  }

  private void closes(Session session) {
    session.closed();
    readers.ended(session);
  }

  /// Who reads when a handout begins gets it, once, in order, unless he leaves before it reaches
  /// him.
  @Test
  void everybodyGetsWhatIsHisInOrder() {
    for (int seed = 0; seed < 2_000; seed++) {
      new CourseTest().walk(new Random(seed), seed);
    }
  }

  private void walk(Random random, int seed) {
    Map<Session, Integer> from = new HashMap<>();
    Map<Session, Integer> to = new HashMap<>();
    readers(1 + random.nextInt(12)).forEach(each -> from.put(each, 1));
    for (int i = 0; i < 60; i++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> course.add(new Numbered());
        case 2 -> {
          int next = handouts + 1;
          course.add(new Course.Turnover(handouts, () -> from.put(reader(), next)));
        }
        case 3 -> {
          int last = handouts;
          course.add(new Course.Turnover(handouts, () -> leaves(random, last, to)));
        }
        default -> course.proceed(1 + random.nextInt(4));
      }
    }
    finish();
    given.forEach((session, heard) ->
        assertThat(heard)
            .as("seed %d", seed)
            .isEqualTo(
                IntStream.rangeClosed(
                        from.getOrDefault(session, 0), to.getOrDefault(session, handouts))
                    .boxed()
                    .toList()));
  }

  private void leaves(Random random, int last, Map<Session, Integer> to) {
    List<Session> here = given.keySet().stream().filter(each -> !to.containsKey(each)).toList();
    if (!here.isEmpty()) {
      Session one = here.get(random.nextInt(here.size()));
      to.put(one, last);
      if (random.nextBoolean()) {
        readers.remove(one);
      } else {
        closes(one);
      }
    }
  }
}
