package dev.tidings.client.core;

import dev.tidings.client.json.Json;
import dev.tidings.client.json.ObjBuilder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks after each welcome what moved meanwhile, page by page (docs/protocol.md §8).
final class Resync {
  private static final int ROWS = 100;
  private static final int TAIL = 20;

  private final Lane lane;
  private final FollowedLogs logs;
  private final SyncCursor cursor;
  private final Handover handover;
  private final Runnable settled;
  private @Nullable Link link;
  private boolean complete;
  private Optional<String> nextPage = Optional.empty();

  /// @param settled run after each page
  Resync(Lane lane, FollowedLogs logs, SyncCursor cursor, Handover handover, Runnable settled) {
    this.lane = lane;
    this.logs = logs;
    this.cursor = cursor;
    this.handover = handover;
    this.settled = settled;
  }

  /// Whether all pages of this connection are in.
  boolean isComplete() {
    return complete;
  }

  void linkUp(Link newLink) {
    link = newLink;
    complete = false;
    nextPage = Optional.empty();
    logs.linkUp();
    cursor.linkUp();
    ask(newLink, Optional.empty());
  }

  private void ask(Link on, Optional<String> page) {
    ObjBuilder fields = Json.object().put("op", "sync");
    cursor.since().ifPresent(since -> fields.put("since", since));
    fields.put("tail", TAIL).put("limit", ROWS);
    page.ifPresent(next -> fields.put("next", next));
    on.ask(fields.build(), new Outcome(on, page, cursor.since().isEmpty()));
  }

  /// Rows are small, but there may be many: the next page waits for a slow application.
  void goOn() {
    if (link != null && nextPage.isPresent() && handover.hasRoom()) {
      Optional<String> page = nextPage;
      nextPage = Optional.empty();
      ask(link, page);
    }
  }

  private final class Outcome implements Reply {
    private final Link on;
    private final Optional<String> page;

    /// Whether it was asked for everything, and not for what moved.
    private final boolean everything;

    Outcome(Link on, Optional<String> page, boolean everything) {
      this.on = on;
      this.page = page;
      this.everything = everything;
    }

    @Override
    public void ok(Json.Obj reply) {
      reply.objects("convs").forEach(logs::row);
      nextPage = reply.string("next");
      if (nextPage.isPresent()) {
        goOn();
      } else {
        complete = true;
        reply.string("cursor").ifPresent(cursor::offer);
        logs.synced(everything);
      }
      settled.run();
    }

    @Override
    public void refused(Refusal refusal) {
      if (refusal.isTemporary()) {
        lane.schedule(refusal.retryMillis(), this::again);
      } else if (refusal.code().equals("cursor") && cursor.since().isPresent()) {
        cursor.drop();
        ask(on, Optional.empty());
      } else {
        // Without it nothing can be promised; perhaps another node answers better.
        on.end(Verdict.comeBack("sync: " + refusal.code()));
      }
    }

    private void again() {
      if (on == link) {
        ask(on, page);
      }
    }

    @Override
    public void lost() {
      // The next connection begins anew.
    }
  }
}
