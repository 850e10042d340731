package dev.tidings.client.core;

import dev.tidings.client.model.Mark;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Marks on their way to the application. When it is slow the newest of each user and conversation
/// waits here, so that however many come, only so many wait as there are of these.
final class Marks {
  private record Whose(String in, String from) {}

  private final Handover handover;
  private final SequencedMap<Whose, Mark> waiting = new LinkedHashMap<>();

  Marks(Handover handover) {
    this.handover = handover;
  }

  void arrived(Mark mark) {
    waiting.merge(new Whose(mark.in(), mark.from()), mark, (older, newer) -> newer.above(older));
    roomAgain();
  }

  /// Hands over what waits, as far as there is room.
  void roomAgain() {
    while (!waiting.isEmpty() && handover.hasRoom()) {
      handover.hand(new Delivery.Marked(waiting.pollFirstEntry().getValue()));
    }
  }
}
