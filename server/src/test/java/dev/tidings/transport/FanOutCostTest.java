package dev.tidings.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.engine.Change;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.ConversationId.Kind;
import dev.tidings.running.LineSpeaker;
import dev.tidings.running.Speaker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What handing out to many costs, counted and not timed: nothing is made per delivery, and no
/// socket is written to twice in one tick. From the commit to the system call everything is the
/// product's own, over real sockets.
class FanOutCostTest {
  private static final int FEW = 20;

  private static final int MANY = 120;

  /// For these many rounds are needed (`FanOut.Rounds`).
  private static final int CROWD = 500;

  /// The smallest object that there is.
  private static final long OBJECT_BYTES = 8;

  /// The first rounds let arrays grow; of the others the cheapest counts, for in between the lane
  /// does its regular work.
  private static final int WARM_UP = 30;

  private static final int ROUNDS = 20;

  private static FanOutBed bed;
  private static LineSpeaker publisher;

  @BeforeAll
  static void connect() throws IOException {
    bed = new FanOutBed();
    bed.connect(CROWD);
    publisher = bed.line().as("publisher");
    for (int members : new int[] {FEW, MANY, CROWD}) {
      bed.group("of-" + members, members);
      for (Speaker reader : bed.readers(members)) {
        reader.say("{\"op\":\"sub\",\"in\":\"t:of-" + members + "\"}");
        assertThat(reader.next().op()).isEqualTo("ok");
      }
    }
  }

  @AfterAll
  static void close() {
    publisher.close();
    bed.close();
  }

  private static void heardBy(int readers, int entries) {
    for (Speaker reader : bed.readers(readers)) {
      for (int i = 0; i < entries; i++) {
        assertThat(reader.next().op()).isEqualTo("msg");
      }
    }
  }

  private interface Round {
    void handOutTo(int readers);
  }

  private static void entry(int readers) {
    bed.batch(FanOutBed.entry(Kind.GROUP, "of-" + readers));
    heardBy(readers, 1);
  }

  private static void passing(int readers) {
    publisher.say("{\"op\":\"send\",\"to\":\"t:of-" + readers + "\",\"data\":\"passing by\"}");
    assertThat(publisher.next().op()).isEqualTo("ok");
    heardBy(readers, 1);
  }

  private static long cheapest(int readers, Round round) {
    long cheapest = Long.MAX_VALUE;
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
      long before = bed.allocatedBytes();
      round.handOutTo(readers);
      long bytes = bed.allocatedBytes() - before;
      cheapest = i < WARM_UP ? cheapest : Math.min(cheapest, bytes);
    }
    return cheapest;
  }

  private static void assertThatNothingIsMadePerDelivery(Round round) {
    long few = cheapest(FEW, round);
    assertThat(few).as("the entry itself, in bytes").isPositive();
    for (int readers : new int[] {MANY, CROWD}) {
      // Not nothing at all, for each round is a timer of the lane.
      assertThat(cheapest(readers, round) - few)
          .as("for %d readers more", readers - FEW)
          .isLessThan((readers - FEW) * OBJECT_BYTES / 2);
    }
  }

  @Test
  void anEntryCostsTheSameForManyReadersAsForFew() {
    assertThatNothingIsMadePerDelivery(FanOutCostTest::entry);
  }

  @Test
  void soDoesWhatPassesThroughATopicWithoutLog() {
    assertThatNothingIsMadePerDelivery(FanOutCostTest::passing);
  }

  @ParameterizedTest
  @ValueSource(ints = {FEW, MANY, CROWD})
  void eachReaderIsWrittenToOnce(int readers) {
    long before = bed.writes();
    entry(readers);
    assertThat(bed.writes() - before).isEqualTo(readers);
  }

  @ParameterizedTest
  @ValueSource(ints = {FEW, MANY, CROWD})
  void twentyEntriesOfOneBatchAreOneWrite(int readers) {
    Change[] twenty = new Change[20];
    for (int i = 0; i < twenty.length; i++) {
      twenty[i] = FanOutBed.entry(Kind.GROUP, "of-" + readers);
    }
    long before = bed.writes();
    bed.batch(twenty);
    heardBy(readers, twenty.length);
    assertThat(bed.writes() - before).isEqualTo(readers);
  }

  /// So they do not leave in one frame.
  @Test
  void twentyEntriesOfTwentyConversationsAreOneWrite() {
    List<Change> twenty = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String group = "ten-" + i;
      bed.group(group, 2);
      twenty.add(FanOutBed.entry(Kind.GROUP, group));
      String friend = "friend-" + i;
      twenty.add(FanOutBed.entry(ConversationId.between(friend, "reader-0"), friend));
      twenty.add(FanOutBed.entry(ConversationId.between(friend, "reader-1"), friend));
    }
    long before = bed.writes();
    bed.batch(twenty.toArray(new Change[0]));
    heardBy(2, 20);
    assertThat(bed.writes() - before).isEqualTo(2);
  }

  @Test
  void twentyPublishedInOnePieceAreOneWrite() {
    String unit = "{\"op\":\"send\",\"to\":\"t:of-" + MANY + "\",\"data\":\"passing by\"}";
    long before = bed.writes();
    publisher.say((unit + "\n").repeat(20).strip());
    assertThat(publisher.next("ok", 20)).hasSize(20);
    heardBy(MANY, 20);
    assertThat(bed.writes() - before).as("the readers, and who is answered").isEqualTo(MANY + 1);
  }
}
