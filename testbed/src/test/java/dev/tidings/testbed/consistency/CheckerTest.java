package dev.tidings.testbed.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.testbed.consistency.Violation.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A story that is in order, and what is found when one thing of it is not.
class CheckerTest {
  private static final String IN = "g:ops";
  private static final String EPOCH = "k3f9zq";

  private final Chronicle chronicle = new Chronicle();

  private void sends(String message) {
    chronicle.note(new Event.Sent("ann", IN, message));
  }

  private void isConfirmed(String message, long seq) {
    chronicle.note(new Event.Confirmed("ann", IN, message, EPOCH, seq, "disk"));
  }

  private void begins(String who) {
    chronicle.note(new Event.Began(who, IN, "", 0));
  }

  private void hears(String who, long seq, String message) {
    chronicle.note(new Event.Heard(who, IN, EPOCH, seq, message));
  }

  private void reaches(String who, long head) {
    chronicle.note(new Event.Reached(who, IN, EPOCH, head));
  }

  /// Two messages, both confirmed, read to the end by bob.
  private void bobReadsTwo() {
    sends("one");
    sends("two");
    isConfirmed("one", 1);
    isConfirmed("two", 2);
    begins("bob");
    hears("bob", 1, "one");
    hears("bob", 2, "two");
    reaches("bob", 2);
  }

  private void finds(Kind... kinds) {
    Verdict verdict = Checker.check(chronicle);
    assertThat(verdict.violations()).extracting(Violation::kind).containsExactlyInAnyOrder(kinds);
    assertThat(verdict.isClean()).isEqualTo(kinds.length == 0);
  }

  @Test
  void whatIsInOrderIsClean() {
    begins("carol");
    bobReadsTwo();
    hears("carol", 1, "one");
    hears("carol", 2, "two");
    reaches("carol", 2);
    finds();
    Verdict verdict = Checker.check(chronicle);
    assertThat(verdict.sent()).isEqualTo(2);
    assertThat(verdict.confirmed()).isEqualTo(2);
    assertThat(verdict.heard()).isEqualTo(4);
    assertThat(verdict.readers()).isEqualTo(2);
    assertThat(verdict.declared()).isZero();
  }

  @Test
  void entriesThatAreNoMessagesHaveTheirPlaces() {
    sends("one");
    isConfirmed("one", 2);
    begins("bob");
    hears("bob", 1, "");
    hears("bob", 2, "one");
    reaches("bob", 2);
    finds();
  }

  @Test
  void whatWasNotConfirmedMayBeThereOrNot() {
    bobReadsTwo();
    sends("three");
    chronicle.note(new Event.Unconfirmed("ann", IN, "three", "unavailable"));
    sends("four");
    hears("carol", 3, "four");
    finds();
  }

  @Test
  void aConfirmedMessageThatNobodyFindsIsLost() {
    bobReadsTwo();
    sends("three");
    isConfirmed("three", 3);
    finds(Kind.LOST);
  }

  @Test
  void oneThatALaterOneTookThePlaceOfIsLostToo() {
    bobReadsTwo();
    sends("three");
    isConfirmed("three", 2);
    finds(Kind.CONTRADICTION);
  }

  @Test
  void aMessageAtTwoPlacesIsFound() {
    bobReadsTwo();
    hears("bob", 3, "one");
    finds(Kind.TWICE_KEPT);
  }

  @Test
  void aSecondOkThatNamesAnotherPlaceIsFound() {
    bobReadsTwo();
    isConfirmed("one", 3);
    finds(Kind.TWICE_KEPT, Kind.LOST);
  }

  @Test
  void anEntryThatAReaderGetsAgainIsFound() {
    bobReadsTwo();
    hears("bob", 2, "two");
    finds(Kind.TWICE_HEARD);
  }

  @Test
  void anEntryBehindALaterOneIsFound() {
    sends("one");
    sends("two");
    begins("bob");
    hears("bob", 2, "two");
    hears("bob", 1, "one");
    reaches("bob", 2);
    finds(Kind.HOLE, Kind.DISORDER);
  }

  @Test
  void whatAReaderMissesIsFoundAndLostIfItWasConfirmed() {
    begins("carol");
    bobReadsTwo();
    hears("carol", 2, "two");
    reaches("carol", 2);
    finds(Kind.HOLE, Kind.LOST);
  }

  @Test
  void whoNeverGetsTheLastOnesHasAHole() {
    begins("carol");
    bobReadsTwo();
    hears("carol", 1, "one");
    reaches("carol", 2);
    finds(Kind.HOLE, Kind.LOST);
  }

  @Test
  void twoReadersWithTwoOrdersAreFound() {
    begins("carol");
    bobReadsTwo();
    hears("carol", 1, "two");
    hears("carol", 2, "one");
    reaches("carol", 2);
    finds(Kind.CONTRADICTION, Kind.CONTRADICTION, Kind.TWICE_KEPT, Kind.TWICE_KEPT);
  }

  @Test
  void whatNobodySentIsFound() {
    bobReadsTwo();
    hears("bob", 3, "three");
    finds(Kind.INVENTED);
  }

  @Test
  void aDeclaredGapIsNoHoleAndIsCounted() {
    begins("carol");
    bobReadsTwo();
    chronicle.note(new Event.Skipped("carol", IN, EPOCH, 0, 2));
    hears("carol", 2, "two");
    reaches("carol", 2);
    finds();
    assertThat(Checker.check(chronicle).declared()).isEqualTo(1);
  }

  @Test
  void whatADeclaredEpochTookAlongIsCounted() {
    bobReadsTwo();
    sends("three");
    isConfirmed("three", 3);
    chronicle.note(new Event.Replaced("bob", IN, EPOCH, "q81xw0", 0));
    chronicle.note(new Event.Heard("bob", IN, "q81xw0", 1, "one"));
    chronicle.note(new Event.Reached("bob", IN, "q81xw0", 1));
    finds();
    assertThat(Checker.check(chronicle).declared()).isEqualTo(1);
  }

  @Test
  void anotherEpochWithoutAWordIsFound() {
    bobReadsTwo();
    chronicle.note(new Event.Heard("bob", IN, "q81xw0", 1, "one"));
    finds(Kind.UNDECLARED);
  }

  @Test
  void aTailThatVanishedWhileTheEpochStayedIsFound() {
    bobReadsTwo();
    chronicle.note(new Event.Replaced("bob", IN, EPOCH, EPOCH, 1));
    sends("three");
    hears("bob", 2, "three");
    finds(Kind.UNDECLARED, Kind.CONTRADICTION);
  }

  @Test
  void aLogThatEndsBeforeWhatWasHeardIsFound() {
    bobReadsTwo();
    reaches("bob", 1);
    finds(Kind.UNDECLARED);
  }

  @Test
  void whatNobodyReadToTheEndIsNotProved() {
    sends("one");
    isConfirmed("one", 1);
    hears("bob", 1, "one");
    reaches("bob", 1);
    finds(Kind.UNPROVED);
  }

  @Test
  void aChronicleThatWasTooSmallProvesNothing() {
    Chronicle small = new Chronicle(1);
    small.note(new Event.Sent("ann", IN, "one"));
    small.note(new Event.Sent("ann", IN, "two"));
    assertThat(Checker.check(small).violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.UNPROVED);
  }

  @Test
  void aFileKeepsEveryKindOfEvent(@TempDir Path folder) {
    bobReadsTwo();
    sends("quoted \"three\"");
    chronicle.note(new Event.Unconfirmed("ann", IN, "quoted \"three\"", "closed"));
    chronicle.note(new Event.Skipped("bob", IN, EPOCH, 2, 5));
    chronicle.note(new Event.Replaced("bob", IN, EPOCH, "q81xw0", 0));
    Path file = folder.resolve("run.ndjson");
    chronicle.write(file);
    assertThat(Chronicle.read(file).events()).isEqualTo(chronicle.events());
  }
}
