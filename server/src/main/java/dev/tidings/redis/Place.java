package dev.tidings.redis;

import dev.tidings.engine.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Where a row stands in Redis: in which key, its *space*, and under which field of it.
///
/// | rows | key | type |
/// |---|---|---|
/// | entries of a conversation | `L:` number | list, oldest first; the seq of the first is in `first`, 1 if it is not |
/// | members of a group | `G:` number, and `G:` number `:order` | hash, and sorted set of its fields |
/// | what is kept of a user | `U:`, `V:`, `A:`, `R:` user | hash by number of the conversation |
/// | filed marks | `D:` window; their names in the set `windows` | hash |
/// | what expires | `X` and `X:order` | hash and sorted set |
/// | all others | the letter of the kind | hash by the rest of the row's key |
///
/// Beside them stand `format` (whose all this is), `commit` (the last commit, and who made it),
/// `redis` (which Redis took it, and how safely), `commits` (a stream: what the newest ones did,
/// for the other nodes), `turn` and `waiting` (who commits next), `heard` (nothing: written to wait
/// for). All keys begin with one hash tag, so they stand in one slot and a commit is one step.
record Place(String space, byte[] field) {
  private static final int NUMBER_BYTES = Long.BYTES;
  static final char ENTRIES = 'L';
  static final char MEMBERS = 'G';
  static final char EXPIRIES = 'X';
  static final char METAS = 'M';

  /// What follows the name of a space whose fields are kept in order, in the name of their order.
  static final String ORDER = ":order";

  private static final String OF_USERS = "UVAR";

  /// Of the row under `key`.
  static Place of(byte[] key) {
    char letter = (char) key[0];
    int behind = behindSpace(key);
    return new Place(space(letter, key, behind), Arrays.copyOfRange(key, behind, key.length));
  }

  /// How many of the first bytes of `key` name its space.
  static int behindSpace(byte[] key) {
    char letter = (char) key[0];
    if (letter == ENTRIES || letter == MEMBERS) {
      return 1 + NUMBER_BYTES;
    }
    if (letter == (char) Store.MARKS) {
      return 1 + Integer.BYTES;
    }
    return isOfUser(letter) ? key.length - NUMBER_BYTES : 1;
  }

  private static String space(char letter, byte[] key, int behind) {
    if (letter == ENTRIES || letter == MEMBERS) {
      return letter + ":" + number(key, 1);
    }
    if (letter == (char) Store.MARKS) {
      return letter + ":" + window(key);
    }
    return isOfUser(letter)
        ? letter + ":" + new String(key, 1, behind - 2, StandardCharsets.US_ASCII)
        : String.valueOf(letter);
  }

  static boolean isOfUser(char letter) {
    return OF_USERS.indexOf(letter) >= 0;
  }

  /// Whether rows whose keys begin with this letter stand in many spaces, one of them named after
  /// what follows the letter.
  static boolean isDivided(char letter) {
    return isOfUser(letter) || letter == MEMBERS || letter == (char) Store.MARKS;
  }

  /// The first key that can stand in a space, if rows of its letter are divided.
  static byte[] first(String space) {
    char letter = space.charAt(0);
    String name = space.substring(2);
    if (isOfUser(letter)) {
      byte[] user = name.getBytes(StandardCharsets.US_ASCII);
      byte[] first = new byte[1 + user.length + 1 + NUMBER_BYTES];
      first[0] = (byte) letter;
      System.arraycopy(user, 0, first, 1, user.length);
      return first;
    }
    return letter == MEMBERS
        ? numbered(letter, Long.parseLong(name))
        : ByteBuffer.allocate(1 + Integer.BYTES)
            .put((byte) letter)
            .putInt(Integer.parseUnsignedInt(name))
            .array();
  }

  /// Whether the fields of the space are kept in their order.
  static boolean isOrdered(char letter) {
    return letter == MEMBERS || letter == EXPIRIES;
  }

  static long window(byte[] key) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(key).getInt(1));
  }

  static long number(byte[] key, int at) {
    return ByteBuffer.wrap(key).getLong(at);
  }

  /// The number at the end of a key.
  static long lastNumber(byte[] key) {
    return number(key, key.length - NUMBER_BYTES);
  }

  static byte[] numbered(char letter, long... numbers) {
    ByteBuffer key = ByteBuffer.allocate(1 + NUMBER_BYTES * numbers.length).put((byte) letter);
    for (long number : numbers) {
      key.putLong(number);
    }
    return key.array();
  }

  /// Whether a walk from `from` to before `to` passes `key`.
  static boolean isBetween(byte[] key, byte[] from, byte[] to) {
    return Arrays.compareUnsigned(key, from) >= 0 && Arrays.compareUnsigned(key, to) < 0;
  }
}
