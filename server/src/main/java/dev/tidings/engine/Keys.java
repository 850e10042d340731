package dev.tidings.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Where everything stands in the store: one letter for the kind of row, then what it is about.
///
/// | key | value |
/// |---|---|
/// | `N` kind, name | number of the conversation |
/// | `M` number | [Meta] |
/// | `L` number, seq | [Entry]; the head is the last key, it is not written beside it |
/// | `T` number | [Trimmed], once something was |
/// | `D` window, number, user, cid | a filed [Mark]; a window is named by the second it began |
/// | `G` number, user | role of a present member |
/// | `U` user, number | [Membership], also of one who left |
/// | `X` second, number, seq | nothing; an entry that is over at that second |
/// | `E` user | how far erasing what he wrote has come |
/// | `V` user, number | [Membership] of an announcement channel beside `a:all`: where it begins |
/// | `A` user, number | [Pointer] to a private conversation |
/// | `R` user, number | [Standing] of the user in the conversation |
/// | `C` name | for whom an announcement channel is that the operator has defined |
/// | `O` user | [Sanction] |
/// | `J` id of a token | it was revoked; until when that is kept |
/// | `W` place | which conversations one commit moved ([MoveRows]) |
/// | `S` name | settings of the store itself |
///
/// Names are ASCII without control characters, so a zero byte ends them. To add a kind of row, take
/// a free letter and a row above.
final class Keys {
  static final byte[] NEXT_NUMBER = setting("number");
  static final byte[] COMMIT = setting("commit");
  static final byte[] GENERATION = setting("generation");
  static final byte[] FORMAT = setting("format");
  static final byte[] RUN = setting("run");
  static final byte[] RUNS = setting("runs");
  static final byte[] WINDOWS = setting("windows");

  /// The commit by which the last erasing ended.
  static final byte[] ERASED = setting("erased");

  /// There as long as an import has not ended.
  static final byte[] IMPORTING = setting("importing");

  /// The kinds of rows whose keys begin with a user.
  private static final String OF_USERS = "UVAR";

  /// The letter of the rows that say what moved lately.
  static final byte MOVES = 'W';

  private static final byte MARK = Store.MARKS;

  static final byte SANCTION = 'O';
  static final byte REVOKED = 'J';

  private Keys() {}

  private static byte[] setting(String name) {
    return new RowWriter(16).octet('S').text(name).done();
  }

  static byte[] name(ConversationId id) {
    return new RowWriter(2 + id.name().length())
        .octet('N')
        .octet(id.kind().letter())
        .text(id.name())
        .done();
  }

  static byte[] meta(long number) {
    return new RowWriter(9).octet('M').sorted64(number).done();
  }

  static byte[] metasEnd() {
    return new byte[] {'M' + 1};
  }

  static byte[] trimmed(long number) {
    return new RowWriter(9).octet('T').sorted64(number).done();
  }

  static byte[] entry(long number, long seq) {
    return new RowWriter(17).octet('L').sorted64(number).sorted64(seq).done();
  }

  static byte[] entriesEnd() {
    return new byte[] {'L' + 1};
  }

  static byte[] expiry(long second, long number, long seq) {
    return new RowWriter(25).octet('X').sorted64(second).sorted64(number).sorted64(seq).done();
  }

  static byte[] expiriesFrom() {
    return new byte[] {'X'};
  }

  static byte[] expiriesEnd() {
    return new byte[] {'X' + 1};
  }

  static long expirySecond(byte[] key) {
    return new RowReader(key).skip(1).sorted64();
  }

  static long numberOfExpiry(byte[] key) {
    return new RowReader(key).skip(9).sorted64();
  }

  static byte[] erased(String user) {
    return new RowWriter(1 + user.length()).octet('E').text(user).done();
  }

  static byte[] erasedEnd() {
    return new byte[] {'E' + 1};
  }

  /// The user in a key made by [#erased].
  static String erasedIn(byte[] key) {
    return new String(key, 1, key.length - 1, StandardCharsets.US_ASCII);
  }

  static byte[] mark(long window, long number, String user, String cid) {
    return new RowWriter(14 + user.length() + cid.length())
        .octet(Store.MARKS)
        .sorted32(window)
        .sorted64(number)
        .text(user)
        .octet(0)
        .text(cid)
        .done();
  }

  /// The user in a key made by [#mark].
  static String userOfMark(byte[] key) {
    return new String(key, 13, endOfUserInMark(key) - 13, StandardCharsets.US_ASCII);
  }

  /// The `cid` in a key made by [#mark].
  static String cidOfMark(byte[] key) {
    int from = endOfUserInMark(key) + 1;
    return new String(key, from, key.length - from, StandardCharsets.UTF_8);
  }

  private static int endOfUserInMark(byte[] key) {
    int at = 13;
    while (key[at] != 0) {
      at++;
    }
    return at;
  }

  /// The conversation of a key made by [#name].
  static ConversationId named(byte[] key) {
    return new ConversationId(
        ConversationId.Kind.of(key[1]), new String(key, 2, key.length - 2, StandardCharsets.UTF_8));
  }

  /// Where the marks of `window` begin.
  static byte[] marks(long window) {
    return new RowWriter(5).octet(Store.MARKS).sorted32(window).done();
  }

  static byte[] member(long number, String user) {
    return new RowWriter(9 + user.length()).octet('G').sorted64(number).text(user).done();
  }

  static byte[] membersEnd(long number) {
    return new RowWriter(9).octet('G').sorted64(number + 1).done();
  }

  /// The user in a key made by [#member].
  static String memberOf(byte[] key) {
    return new String(key, 9, key.length - 9, StandardCharsets.US_ASCII);
  }

  static byte[] membership(String user, long number) {
    return ofUser('U', user, number);
  }

  /// Where `user` finds his stretch of a log of this kind that has some.
  static byte[] stretch(ConversationId id, String user, long number) {
    return id.isChannel() ? ofUser('V', user, number) : membership(user, number);
  }

  static byte[] pointer(String user, long number) {
    return ofUser('A', user, number);
  }

  static byte[] standing(String user, long number) {
    return ofUser('R', user, number);
  }

  static byte[] memberships(String user) {
    return ofUser('U', user, 0);
  }

  static byte[] standings(String user) {
    return ofUser('R', user, 0);
  }

  static byte[] channels(String user) {
    return ofUser('V', user, 0);
  }

  static byte[] pointers(String user) {
    return ofUser('A', user, 0);
  }

  static byte[] channel(String name) {
    return new RowWriter(1 + name.length()).octet('C').text(name).done();
  }

  static byte[] channelsEnd() {
    return new byte[] {'C' + 1};
  }

  static byte[] sanction(String user) {
    return new RowWriter(1 + user.length()).octet(SANCTION).text(user).done();
  }

  static byte[] sanctionsEnd() {
    return new byte[] {'O' + 1};
  }

  static byte[] revoked(String tokenId) {
    return new RowWriter(1 + tokenId.length()).octet(REVOKED).text(tokenId).done();
  }

  static byte[] revokedEnd() {
    return new byte[] {'J' + 1};
  }

  static byte[] moves(long place) {
    return new RowWriter(9).octet(MOVES).sorted64(place).done();
  }

  static byte[] movesEnd() {
    return new byte[] {MOVES + 1};
  }

  static String textBehindLetter(byte[] key) {
    return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
  }

  /// Just behind the last key that [#ofUser] makes for this letter and user.
  static byte[] endOf(byte[] firstOfUser) {
    byte[] end = firstOfUser.clone();
    end[end.length - 9] = 1;
    return end;
  }

  static byte[] ofUser(char letter, String user, long number) {
    return new RowWriter(10 + user.length())
        .octet(letter)
        .text(user)
        .octet(0)
        .sorted64(number)
        .done();
  }

  /// The user in a key made by [#ofUser].
  static String userOf(byte[] key) {
    return new String(key, 1, key.length - 10, StandardCharsets.US_ASCII);
  }

  /// Whether a row is about `user`, or an entry by him.
  static boolean isOf(byte[] key, byte[] value, String user) {
    if (OF_USERS.indexOf(key[0]) >= 0) {
      return userOf(key).equals(user);
    }
    return switch (key[0]) {
      case 'L' -> EntryRow.request(lastNumber(key), value).from().equals(user);
      case 'G' -> memberOf(key).equals(user);
      case MARK -> {
        byte[] beginning = mark(0, 0, user, "");
        int from = beginning.length - user.length() - 1;
        yield key.length >= beginning.length
            && Arrays.equals(key, from, beginning.length, beginning, from, beginning.length);
      }
      default -> false;
    };
  }

  /// The conversation that a row of a user is about, 0 if none.
  static long numberIn(byte[] key) {
    return switch (key[0]) {
      case 'L', 'G' -> new RowReader(key).skip(1).sorted64();
      case MARK -> new RowReader(key).skip(1 + Integer.BYTES).sorted64();
      default -> OF_USERS.indexOf(key[0]) >= 0 ? lastNumber(key) : 0;
    };
  }

  /// The number at the end of a key.
  static long lastNumber(byte[] key) {
    return new RowReader(key).skip(key.length - 8).sorted64();
  }
}
