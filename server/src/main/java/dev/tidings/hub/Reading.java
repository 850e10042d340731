package dev.tidings.hub;

import dev.tidings.conversation.Channel;
import dev.tidings.conversation.EntryWriter;
import dev.tidings.engine.Answer;
import dev.tidings.engine.Change;
import dev.tidings.engine.Conversation;
import dev.tidings.engine.ConversationId;
import dev.tidings.engine.Entry;
import dev.tidings.engine.GroupSettings;
import dev.tidings.engine.Query;
import dev.tidings.protocol.Address;
import dev.tidings.protocol.Command;
import dev.tidings.protocol.ErrorCode;
import dev.tidings.protocol.JsonWriter;
import java.util.List;
import java.util.Optional;

/// `history`, `sync` and `search`: replies that read. One of them is under way per connection, and
/// each is cut at [#REPLY_BYTES_MAX].
final class Reading {
  static final int REPLY_BYTES_MAX = 32 * 1024;

  private final Shard shard;
  private final Replies replies;

  Reading(Shard shard, Replies replies) {
    this.shard = shard;
    this.replies = replies;
  }

  /// Asks the engine, behind what this session has asked it to change. `false`: it has too much to
  /// do, and the client was told so.
  boolean read(Request request, Query query, Asked.Then then) {
    boolean changesUnderWay = request.session().inFlight() > 0;
    Asked asked = Asked.toRead(request, shard, then);
    boolean taken =
        changesUnderWay
            ? shard.engine.submit(new Change.Read(asked, query))
            : shard.engine.read(query, asked);
    if (!taken) {
      asked.takeBack();
      replies.busy(request);
    }
    return taken;
  }

  /// Whether there is no log to look at, or the identity may not: then it has been said.
  private boolean refused(Request request, Address in) {
    boolean topic = in.kind() == Address.Kind.TOPIC;
    if (topic && !request.identity().caps().maySubscribe(in)) {
      replies.err(request, ErrorCode.FORBIDDEN, "may not read " + in);
      return true;
    }
    if (topic && !shard.settings.keeps(in.name())) {
      replies.err(request, ErrorCode.OFF, "this topic has no log");
      return true;
    }
    if (!shard.isThereFor(request, in)) {
      replies.err(request, ErrorCode.NOT_FOUND, "no such conversation");
      return true;
    }
    return false;
  }

  /// Whether no membership is needed to read there: a topic whose `sub` was allowed, or a backend.
  private static boolean isOpenTo(Request request, Address in) {
    return in.kind() == Address.Kind.TOPIC || request.privileged();
  }

  void history(Request request, Command.History history) {
    Address in = history.in();
    if (refused(request, in)) {
      return;
    }
    Query query =
        new Query.History(
            ConversationId.of(in, request.actor()),
            request.actor(),
            history.epoch(),
            history.after(),
            history.before(),
            history.limit(),
            REPLY_BYTES_MAX,
            isOpenTo(request, in));
    read(request, query, (asking, answer) -> page(asking, in, answer));
  }

  private void page(Request request, Address in, Answer answer) {
    if (replies.refused(request, answer) || !(answer instanceof Answer.Page page)) {
      return;
    }
    replies.ok(
        request,
        out -> {
          out.name("in").plain(in.toString());
          Replies.epoch(out, page.conversation());
          out.name("low").number(page.low()).name("head").number(page.head());
          out.name("more").bool(page.more());
          items(out, "items", page.items(), request.actor());
        });
  }

  static void items(JsonWriter out, String name, List<Entry> entries, String viewer) {
    out.name(name).beginArray();
    for (Entry entry : entries) {
      EntryWriter.item(out, entry, entry.from().equals(viewer));
    }
    out.endArray();
  }

  void sync(Request request, Command.Sync sync) {
    read(request, query(request, sync), this::rows);
  }

  Query query(Request request, Command.Sync sync) {
    return new Query.Sync(
        request.actor(),
        channels(request),
        sync.since(),
        sync.tail(),
        sync.limit(),
        sync.next(),
        REPLY_BYTES_MAX);
  }

  void search(Request request, Command.Search search) {
    Optional<Address> in = search.in();
    if (in.isPresent() && refused(request, in.get())) {
      return;
    }
    Query query =
        new Query.Search(
            request.actor(),
            channels(request),
            in.map(address -> ConversationId.of(address, request.actor())),
            search.text(),
            search.from(),
            search.beforeMillis().orElse(Long.MAX_VALUE),
            search.limit(),
            search.next(),
            REPLY_BYTES_MAX,
            in.isPresent() && isOpenTo(request, in.get()));
    read(request, query, this::found);
  }

  private void found(Request request, Answer answer) {
    if (replies.refused(request, answer) || !(answer instanceof Answer.Found found)) {
      return;
    }
    String viewer = request.actor();
    replies.ok(
        request,
        out -> {
          out.name("items").beginArray();
          for (Answer.Hit hit : found.hits()) {
            Conversation conversation = hit.conversation();
            out.beginObject().name("in").plain(conversation.id().addressFor(viewer));
            Replies.epoch(out, conversation);
            EntryWriter.fields(out, hit.entry(), hit.entry().from().equals(viewer));
            out.endObject();
          }
          out.endArray();
          if (!found.next().isEmpty()) {
            out.name("next").plain(found.next());
          }
          if (!found.whole()) {
            out.name("whole").bool(false);
          }
        });
  }

  /// The labels of whom a backend acts for are not known: then it is told of all that he has begun.
  private List<ConversationId> channels(Request request) {
    return request.actor().equals(request.session().user())
        ? shard.channels.of(request.identity())
        : shard.channels.all().stream().map(Channel::id).toList();
  }

  void rows(Request request, Answer answer) {
    if (replies.refused(request, answer) || !(answer instanceof Answer.SyncPage page)) {
      return;
    }
    replies.ok(
        request,
        out -> {
          if (!page.cursor().isEmpty()) {
            out.name("cursor").plain(page.cursor());
          }
          out.name("convs").beginArray();
          for (Answer.Row row : page.rows()) {
            row(out, row, request.actor());
          }
          out.endArray();
          if (!page.next().isEmpty()) {
            out.name("next").plain(page.next());
          }
        });
  }

  private void stand(JsonWriter out, Answer.Stand stand) {
    if (stand.got() > 0) {
      out.name("got").number(stand.got());
    }
    if (stand.read() > 0) {
      out.name("read").number(stand.read());
    }
    if (stand.unread() > 0) {
      out.name("unread").number(stand.unread());
    }
    if (stand.mentions() > 0) {
      out.name("mentions").number(stand.mentions());
    }
    if (stand.peerGot() > 0) {
      out.name("peer").beginObject();
      out.name("got").number(stand.peerGot());
      if (stand.peerRead() > 0) {
        out.name("read").number(stand.peerRead());
      }
      out.endObject();
    }
    if (stand.muteUntilMillis() > shard.clock.epochMillis()) {
      EntryWriter.mute(out.name("mute"), stand.muteUntilMillis());
    }
    if (stand.blocks()) {
      out.name("block").bool(true);
    }
  }

  private static void settings(JsonWriter out, GroupSettings settings) {
    if (!settings.title().isEmpty()) {
      out.name("title").string(settings.title());
    }
    Groups.data(out, settings);
  }

  private void row(JsonWriter out, Answer.Row row, String viewer) {
    out.beginObject().name("in").plain(row.conversation().id().addressFor(viewer));
    Replies.epoch(out, row.conversation());
    out.name("low").number(row.low()).name("head").number(row.head());
    stand(out, row.stand());
    if (!row.role().isEmpty() && !row.gone()) {
      out.name("role").plain(row.role());
    }
    row.settings().ifPresent(settings -> settings(out, settings));
    if (row.gone()) {
      out.name("gone").bool(true);
    }
    if (!row.tail().isEmpty()) {
      items(out, "tail", row.tail(), viewer);
    }
    out.endObject();
  }
}
