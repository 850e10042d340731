package dev.tidings.protocol;

import dev.tidings.protocol.Command.AdminAction;
import dev.tidings.protocol.Command.GroupAction;
import dev.tidings.protocol.Fields.Field;
import dev.tidings.protocol.JsonScanner.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// From one unit's bytes to the [Command] that they spell, or to the reason why they spell none
/// (docs/protocol.md §2 to §10, limits §13).
///
/// Fields come in any order, `op` may be the last, and of a repeated field the last one counts. So
/// one pass validates the whole unit and notes where the values of known fields stand; then `op`
/// says which of them matter. Unknown fields, and known ones that belong to other ops, only have to
/// be legal JSON. Of a unit that is not legal nothing is believed, not even its `id`.
///
/// To add a field: a [Field], also in the list. To add an op: a constant of [Op], a [Command], and
/// the case that the compiler then asks for.
///
/// Reusable; confined to one thread. Keeps nothing of what it made.
public final class CommandDecoder {
  public static final int DEPTH_MAX = 32;
  public static final int DATA_BYTES_MAX = 32_768;
  public static final int ID_BYTES_MAX = 64;
  public static final int CID_BYTES_MAX = 64;
  public static final int KEY_BYTES_MAX = 64;
  public static final int TOKEN_BYTES_MAX = 8_192;
  public static final int DEVICE_BYTES_MAX = 64;
  public static final int CLIENT_BYTES_MAX = 256;
  public static final int CONN_BYTES_MAX = 64;
  public static final int JTI_BYTES_MAX = 120;
  public static final int TITLE_BYTES_MAX = 256;

  /// For `data` of a group.
  public static final int GROUP_DATA_BYTES_MAX = 4_096;

  public static final int EPOCH_BYTES_MAX = 32;
  public static final int LABELS_MAX = 32;

  /// Of a label's name, and of its value.
  public static final int LABEL_BYTES_MAX = 64;

  /// For `since` and `next`, which are opaque.
  public static final int CURSOR_BYTES_MAX = 128;

  public static final int PING_SECONDS_MAX = 3_600;
  public static final int TAIL_MAX = 20;
  public static final int TAIL_DEFAULT = 1;
  public static final int LAST_MAX = 200;
  public static final int LIMIT_MAX = 200;
  public static final int SYNC_LIMIT_DEFAULT = 200;
  public static final int HISTORY_LIMIT_DEFAULT = 50;
  public static final int SEARCH_LIMIT_DEFAULT = 20;

  /// For `q`.
  public static final int SEARCH_BYTES_MAX = 256;

  /// For whom an announcement channel is.
  public static final int FILTER_BYTES_MAX = 512;

  /// For `members`, `who` and `roles`.
  public static final int NAMES_MAX = 200;

  /// For `mention`.
  public static final int MENTIONS_MAX = 50;

  private static final int VERSION_DEFAULT = 1;

  /// An unknown `op` of up to this length is named in the refusal.
  private static final int UNKNOWN_OP_BYTES_MAX = 64;

  /// What `op` says.
  private enum Op {
    AUTH,
    SEND,
    EDIT,
    RECALL,
    SIGNAL,
    MARK,
    PREF,
    SUB,
    UNSUB,
    HISTORY,
    SYNC,
    SEARCH,
    GROUP,
    ADMIN,
    PING,
    PONG;

    final String wire = name().toLowerCase(Locale.ROOT);
  }

  /// What `do` of a `group` says.
  private enum Deed {
    CREATE,
    INFO,
    MEMBERS,
    JOIN,
    LEAVE,
    ADD,
    REMOVE,
    SET,
    DELETE;

    final String wire = name().toLowerCase(Locale.ROOT);
  }

  /// What `do` of an `admin` says.
  private enum Order {
    LIST,
    BLOCK,
    UNBLOCK,
    MUTE,
    UNMUTE,
    KICK,
    REVOKE,
    ERASE,
    CHANNEL,
    REMOVE,
    CHANNELS;

    final String wire = name().toLowerCase(Locale.ROOT);
  }

  private static final WordMap<Op> OPS = WordMap.of(List.of(Op.values()), op -> op.wire);
  private static final WordMap<Deed> DEEDS = WordMap.of(List.of(Deed.values()), deed -> deed.wire);
  private static final WordMap<Order> ORDERS =
      WordMap.of(List.of(Order.values()), order -> order.wire);
  private static final String ORDER_WORDS =
      Arrays.stream(Order.values()).map(order -> order.wire).collect(Collectors.joining(", "));
  private static final long OPEN = Word.of("open");
  private static final long INVITE = Word.of("invite");
  private static final long ADMINS = Word.of("admins");
  private static final long MEMBERS = Word.of("members");

  /// What `roles` may give.
  private static final Set<String> ROLES = Set.of("owner", "admin", "member", "mute");

  private static final Set<Address.Kind> CONVERSATIONS =
      EnumSet.of(
          Address.Kind.USER, Address.Kind.GROUP, Address.Kind.ANNOUNCEMENT, Address.Kind.TOPIC);

  /// What keeps where each user stands.
  private static final Set<Address.Kind> MARKED =
      EnumSet.of(Address.Kind.USER, Address.Kind.GROUP, Address.Kind.ANNOUNCEMENT);

  private static final Set<Address.Kind> SIGNALLED =
      EnumSet.of(Address.Kind.USER, Address.Kind.GROUP);
  private static final Set<Address.Kind> FOLLOWABLE =
      EnumSet.of(Address.Kind.TOPIC, Address.Kind.USER_PRESENCE, Address.Kind.GROUP_PRESENCE);
  private static final Set<Address.Kind> CHANNELS = EnumSet.of(Address.Kind.ANNOUNCEMENT);
  private static final Set<Address.Kind> GROUPS = EnumSet.of(Address.Kind.GROUP);

  private final Field after = new Field("after");
  private final Field as = new Field("as");
  private final Field block = new Field("block");
  private final Field before = new Field("before");
  private final Field cid = new Field("cid");
  private final Field client = new Field("client");
  private final Field conn = new Field("conn");
  private final Field data = new Field("data");
  private final Field deed = new Field("do");
  private final Field device = new Field("device");
  private final Field epoch = new Field("epoch");
  private final Field filter = new Field("filter");
  private final Field from = new Field("from");
  private final Field got = new Field("got");
  private final Field id = new Field("id");
  private final Field in = new Field("in");
  private final Field join = new Field("join");
  private final Field jti = new Field("jti");
  private final Field key = new Field("key");
  private final Field labels = new Field("labels");
  private final Field last = new Field("last");
  private final Field limit = new Field("limit");
  private final Field members = new Field("members");
  private final Field mention = new Field("mention");
  private final Field mute = new Field("mute");
  private final Field next = new Field("next");
  private final Field op = new Field("op");
  private final Field past = new Field("past");
  private final Field ping = new Field("ping");
  private final Field q = new Field("q");
  private final Field quiet = new Field("quiet");
  private final Field read = new Field("read");
  private final Field roles = new Field("roles");
  private final Field send = new Field("send");
  private final Field seq = new Field("seq");
  private final Field since = new Field("since");
  private final Field tail = new Field("tail");
  private final Field title = new Field("title");
  private final Field to = new Field("to");
  private final Field token = new Field("token");
  private final Field ttl = new Field("ttl");
  private final Field user = new Field("user");
  private final Field version = new Field("v");
  private final Field who = new Field("who");

  private final Fields fields =
      new Fields(
          DEPTH_MAX,
          List.of(
              after, as, before, block, cid, client, conn, data, deed, device, epoch, filter, from,
              got, id, in, join, jti, key, labels, last, limit, members, mention, mute, next, op,
              past, ping, q, quiet, read, roles, send, seq, since, tail, title, to, token, ttl,
              user, version, who));

  /// All that can be asked: each op, with what `do` may say where it has that.
  static List<String> vocabulary() {
    List<String> words = new ArrayList<>();
    for (Op op : Op.values()) {
      switch (op) {
        case GROUP -> Arrays.stream(Deed.values()).forEach(deed -> words.add("group " + deed.wire));
        case ADMIN ->
            Arrays.stream(Order.values()).forEach(order -> words.add("admin " + order.wire));
        default -> words.add(op.wire);
      }
    }
    return words;
  }

  /// The names of all fields that some op knows.
  List<String> fieldNames() {
    return fields.names();
  }

  /// What the unit in `buffer` from `from` (inclusive) to `to` (exclusive) asks for. White space
  /// around the object is ignored. An empty line is the caller's to drop; here it is `bad_json`.
  /// Never throws, whatever the bytes; what it answers shares nothing with `buffer`.
  public Decoded decode(byte[] buffer, int from, int to) {
    if (!fields.collect(buffer, from, to)) {
      return new Decoded.Refused(Head.of(""), ErrorCode.BAD_JSON, fields.illegality());
    }
    Op known = OPS.get(fields.word(op));
    if (known == null) {
      return refuseOp();
    }
    Head head = head(known.wire);
    Command command = command(known, head);
    return fields.fault().isEmpty()
        ? new Decoded.Request(command)
        : new Decoded.Refused(head, fields.faultCode(), fields.fault());
  }

  private Decoded refuseOp() {
    if (op.kind() != Kind.STRING) {
      return new Decoded.Refused(head(""), ErrorCode.BAD_REQUEST, "op must be a string");
    }
    String unknown = fields.anyText(op, UNKNOWN_OP_BYTES_MAX).orElse("");
    return new Decoded.Refused(head(unknown), ErrorCode.UNKNOWN_OP, "the server has no such op");
  }

  private Head head(String op) {
    return new Head(op, fields.requestId(id, ID_BYTES_MAX), fields.optionalName(as).orElse(""));
  }

  private Command command(Op op, Head head) {
    return switch (op) {
      case SEND ->
          new Command.Send(
              head,
              fields.address(to, CONVERSATIONS),
              fields.filledText(cid, CID_BYTES_MAX),
              fields.filledText(key, KEY_BYTES_MAX),
              fields.names(mention, 0, MENTIONS_MAX),
              fields.integer(ttl, 1, Integer.MAX_VALUE, 0),
              fields.payload(data, DATA_BYTES_MAX));
      case EDIT ->
          new Command.Edit(
              head,
              fields.address(in, CONVERSATIONS),
              fields.text(epoch, EPOCH_BYTES_MAX),
              fields.requiredNumber(seq, 1, JsonScanner.INTEGER_MAX),
              fields.filledText(cid, CID_BYTES_MAX),
              fields.payload(data, DATA_BYTES_MAX));
      case RECALL ->
          new Command.Recall(
              head,
              fields.address(in, CONVERSATIONS),
              fields.text(epoch, EPOCH_BYTES_MAX),
              fields.requiredNumber(seq, 1, JsonScanner.INTEGER_MAX),
              fields.filledText(cid, CID_BYTES_MAX));
      case SIGNAL ->
          new Command.Signal(
              head, fields.address(to, SIGNALLED), fields.payload(data, DATA_BYTES_MAX));
      case MARK -> mark(head);
      case PREF -> pref(head);
      case AUTH ->
          new Command.Auth(
              head,
              fields.optionalText(token, TOKEN_BYTES_MAX),
              fields.optionalName(user),
              version(),
              device(),
              fields.text(client, CLIENT_BYTES_MAX),
              fields.optionalInteger(ping, 0, PING_SECONDS_MAX),
              fields.texts(labels, LABELS_MAX, LABEL_BYTES_MAX));
      case SUB -> subscribe(head);
      case UNSUB -> new Command.Unsubscribe(head, fields.address(in, FOLLOWABLE));
      case HISTORY ->
          new Command.History(
              head,
              fields.address(in, CONVERSATIONS),
              fields.text(epoch, EPOCH_BYTES_MAX),
              fields.optionalPosition(after),
              fields.optionalPosition(before),
              fields.integer(limit, 1, LIMIT_MAX, HISTORY_LIMIT_DEFAULT));
      case SYNC ->
          new Command.Sync(
              head,
              fields.text(since, CURSOR_BYTES_MAX),
              fields.integer(tail, 0, TAIL_MAX, TAIL_DEFAULT),
              fields.integer(limit, 1, LIMIT_MAX, SYNC_LIMIT_DEFAULT),
              fields.text(next, CURSOR_BYTES_MAX));
      case SEARCH -> search(head);
      case GROUP ->
          new Command.Group(
              head,
              fields.address(in, GROUPS),
              fields.filledText(cid, CID_BYTES_MAX),
              groupAction());
      case ADMIN -> new Command.Admin(head, adminAction());
      case PING -> new Command.Ping(head);
      case PONG -> new Command.Pong(head);
    };
  }

  private Command.Search search(Head head) {
    if (q.isAbsent()) {
      fields.refuse(q, "must be there");
    }
    return new Command.Search(
        head,
        fields.filledText(q, SEARCH_BYTES_MAX),
        in.isPresent() ? Optional.of(fields.address(in, CONVERSATIONS)) : Optional.empty(),
        fields.optionalName(from).orElse(""),
        fields.optionalPosition(before),
        fields.integer(limit, 1, LIMIT_MAX, SEARCH_LIMIT_DEFAULT),
        fields.text(next, CURSOR_BYTES_MAX));
  }

  private Command.Mark mark(Head head) {
    if (got.isAbsent() && read.isAbsent()) {
      fields.refuse(read, "or got must be there");
    }
    return new Command.Mark(
        head,
        fields.address(in, MARKED),
        fields.text(epoch, EPOCH_BYTES_MAX),
        fields.optionalPosition(got).orElse(0),
        fields.optionalPosition(read).orElse(0));
  }

  private Command.Pref pref(Head head) {
    if (mute.isAbsent() && block.isAbsent()) {
      fields.refuse(mute, "or block must be there");
    }
    Address of = fields.address(in, MARKED);
    if (block.isPresent() && of.kind() != Address.Kind.USER) {
      fields.refuse(block, "is for private conversations");
    }
    Optional<Boolean> blocks =
        block.isPresent() ? Optional.of(fields.flag(block)) : Optional.empty();
    return new Command.Pref(head, of, fields.flagOrTime(mute), blocks);
  }

  private Command.Subscribe subscribe(Head head) {
    if (after.isPresent() && last.isPresent()) {
      fields.refuse(last, "cannot stand beside after");
    }
    if (since.isPresent() && (after.isPresent() || last.isPresent())) {
      fields.refuse(since, "cannot stand beside after or last");
    }
    return new Command.Subscribe(
        head,
        fields.address(in, FOLLOWABLE),
        fields.text(epoch, EPOCH_BYTES_MAX),
        fields.optionalPosition(after),
        fields.optionalInteger(last, 1, LAST_MAX),
        fields.filledText(since, CURSOR_BYTES_MAX));
  }

  private GroupAction groupAction() {
    Deed known = DEEDS.get(fields.word(deed));
    if (known == null) {
      fields.refuse(deed, "must be create, info, members, join, leave, add, remove, set or delete");
      return new GroupAction.Info();
    }
    return switch (known) {
      case CREATE -> new GroupAction.Create(groupPatch(), fields.names(members, 0, NAMES_MAX));
      case INFO -> new GroupAction.Info();
      case MEMBERS -> new GroupAction.Members(fields.text(next, CURSOR_BYTES_MAX));
      case JOIN -> new GroupAction.Join();
      case LEAVE -> new GroupAction.Leave();
      case ADD -> new GroupAction.Add(fields.names(who, 1, NAMES_MAX));
      case REMOVE -> new GroupAction.Remove(fields.names(who, 1, NAMES_MAX));
      case SET -> set();
      case DELETE -> new GroupAction.Delete();
    };
  }

  private AdminAction adminAction() {
    Order known = ORDERS.get(fields.word(deed));
    if (known == null) {
      fields.refuse(deed, "must be one of " + ORDER_WORDS);
      return new AdminAction.Sanctions("");
    }
    return switch (known) {
      case LIST -> new AdminAction.Sanctions(fields.text(next, CURSOR_BYTES_MAX));
      case BLOCK -> new AdminAction.Block(fields.name(user), true);
      case UNBLOCK -> new AdminAction.Block(fields.name(user), false);
      case MUTE -> new AdminAction.Mute(fields.name(user), true);
      case UNMUTE -> new AdminAction.Mute(fields.name(user), false);
      case KICK -> {
        refuseBoth(conn, user);
        yield conn.isPresent()
            ? new AdminAction.KickConnection(fields.filledText(conn, CONN_BYTES_MAX))
            : new AdminAction.KickUser(fields.name(user), device());
      }
      case REVOKE -> {
        refuseBoth(jti, user);
        yield jti.isPresent()
            ? new AdminAction.RevokeToken(fields.filledText(jti, JTI_BYTES_MAX))
            : new AdminAction.RevokeUser(fields.name(user), fields.optionalPosition(before));
      }
      case ERASE -> new AdminAction.Erase(fields.name(user));
      case CHANNEL ->
          new AdminAction.DefineChannel(
              fields.address(in, CHANNELS).name(), text(filter, FILTER_BYTES_MAX));
      case REMOVE -> new AdminAction.RemoveChannel(fields.address(in, CHANNELS).name());
      case CHANNELS -> new AdminAction.Channels(fields.text(next, CURSOR_BYTES_MAX));
    };
  }

  /// The text of `field`, which must be there.
  private String text(Field field, int bytesMax) {
    if (field.isAbsent()) {
      fields.refuse(field, "must be there");
    }
    return fields.filledText(field, bytesMax);
  }

  private void refuseBoth(Field one, Field other) {
    if (one.isPresent() && other.isPresent()) {
      fields.refuse(one, "cannot stand beside " + other.name());
    }
  }

  private GroupAction.Set set() {
    if (!fields.anyPresent(title, data, join, quiet, past, send, roles)) {
      fields.refuse(deed, "set needs title, data, join, quiet, past, send or roles");
    }
    return new GroupAction.Set(groupPatch(), fields.words(roles, ROLES, NAMES_MAX));
  }

  private Command.GroupPatch groupPatch() {
    return new Command.GroupPatch(
        fields.optionalText(title, TITLE_BYTES_MAX),
        fields.optionalPayload(data, GROUP_DATA_BYTES_MAX),
        oneOf(join, OPEN, INVITE, "must be open or invite"),
        fields.optionalFlag(quiet),
        fields.optionalFlag(past),
        oneOf(send, ADMINS, MEMBERS, "must be admins or members"));
  }

  /// The highest version that the client understands. What is beyond our numbers is beyond our
  /// versions too.
  private int version() {
    long highest = fields.number(version, 1, JsonScanner.INTEGER_MAX, VERSION_DEFAULT);
    return (int) Math.min(highest, Integer.MAX_VALUE);
  }

  /// It stands in logs and in lists of sessions, so it must not break a line.
  private String device() {
    String name = fields.filledText(device, DEVICE_BYTES_MAX);
    if (name.chars().anyMatch(Character::isISOControl)) {
      fields.refuse(device, "must not have control characters");
    }
    return name;
  }

  /// Whether `field` says `yes` and not `no`; empty if it is absent.
  private Optional<Boolean> oneOf(Field field, long yes, long no, String rule) {
    if (field.isAbsent()) {
      return Optional.empty();
    }
    long word = fields.word(field);
    if (word != yes && word != no) {
      fields.refuse(field, rule);
    }
    return Optional.of(word == yes);
  }
}
