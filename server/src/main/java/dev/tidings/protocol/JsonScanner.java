package dev.tidings.protocol;

import dev.tidings.base.Check;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Walks the fields of one JSON object in a byte range, validating every byte on the way.
///
/// What a client puts into `data` goes out again inside frames of *other* users, byte for byte. So
/// nothing may pass here that a strict reader on the other side would refuse: the scanner accepts
/// exactly the texts that Jackson 3 accepts with its default settings as one object, as far as they
/// are strictly valid UTF-8 and nested no deeper than `depthMax`. A differential test holds it to
/// that. Where the agreement needs care:
///
/// - Grammar: RFC 8259 and no more. White space is space, tab, line feed and carriage return; no
///   byte order mark, comment, trailing comma, leading zero, `+1`, `.5`, `1.`, `NaN`. Nothing but
///   white space may follow the object.
/// - In strings the bytes 0x00 to 0x1F must be escaped; DEL, C1 controls, U+2028 and non-characters
///   may stand as they are. An escaped NUL is legal.
/// - The four digits of an escape are ASCII. (Jackson's parser of characters, unlike its parser of
///   bytes, looks at the low byte only and takes U+0663 for `c`. That is not imitated.)
/// - UTF-8: no overlong form, no encoded surrogate (ED A0 80 and up), nothing above U+10FFFF.
/// - An escape for half a surrogate pair (D800 to DFFF alone) is legal in a value, which RFC 8259
///   §8.2 allows, and illegal in a name at any depth, as Jackson has it. Such a value passes as it
///   stands; it is not a text ([#text]), for no UTF-8 spells it.
/// - A number may have 1000 digits, counted over integer, fraction and exponent. If its integer
///   part is `0` and it has either a fraction or an exponent but not both, that zero is free.
///   (Jackson counts otherwise, by one, when a text above 32,768 characters breaks such a number at
///   the edge of its internal buffer. That is not imitated.) The value does not matter: `-0` and
///   `1e400` are legal.
/// - A name may have 50,000 UTF-16 units after unescaping. Jackson's limit for values, 100 million,
///   is out of reach of any frame.
/// - Names may repeat; the caller sees each. Last one wins is the caller's to do.
///
/// One pass, no allocation. Usage: [#start], then [#nextField] until it is false, then [#isWhole].
/// Only after that may anything collected be trusted. The ranges of values stay readable ([#text],
/// [#integer], …) until the next [#start].
///
/// Reusable; confined to one thread.
public final class JsonScanner {
  /// The largest integer on the wire, 2^53−1; the smallest is its negative.
  public static final long INTEGER_MAX = (1L << 53) - 1;

  /// What [#integer] answers for a number that is none of ours.
  public static final long NO_INTEGER = Long.MIN_VALUE;

  private static final int DEPTH_LIMIT = 64; // as many as `objects` in skipContainer() has bits
  private static final int NAME_CHARS_MAX = 50_000;
  private static final int NUMBER_DIGITS_MAX = 1_000;
  private static final int INTEGER_BYTES_MAX = 17; // a sign and 16 digits

  private static final int FAULT = -1;

  private static final long LOW_BITS = 0x0101010101010101L;
  private static final long HIGH_BITS = LOW_BITS << 7;
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /// What a value is. A number is an `INTEGER` if it is written without fraction and exponent.
  public enum Kind {
    NULL,
    BOOLEAN,
    INTEGER,
    DECIMAL,
    STRING,
    ARRAY,
    OBJECT
  }

  private final int depthMax;
  private final JsonStrings strings = new JsonStrings();

  private byte[] buffer = new byte[0];
  private int origin;
  private int end;
  private int position;
  private boolean first;
  private boolean ended;
  private String fault = "nothing was scanned";
  private int faultPosition;

  private long nameWord;
  private int valueFrom;
  private int valueTo;
  private Kind kind = Kind.NULL;

  private boolean escaped; // the string scanned last has a backslash
  private boolean decimal; // the number scanned last has a fraction or an exponent

  /// `depthMax`: how deep objects and arrays may be nested, the outermost object being 1; 1 to 64.
  public JsonScanner(int depthMax) {
    Check.that(depthMax >= 1 && depthMax <= DEPTH_LIMIT, "depth out of range", depthMax);
    this.depthMax = depthMax;
  }

  /// Begins with the text in `buffer` from `from` (inclusive) to `to` (exclusive). The bytes must
  /// not change while they are scanned and read.
  public void start(byte[] buffer, int from, int to) {
    this.buffer = buffer;
    origin = from;
    end = to;
    first = true;
    ended = false;
    fault = "";
    position = skipSpace(from);
    if (position == end || buffer[position] != '{') {
      fail("not a JSON object", position);
    } else {
      position++;
    }
  }

  /// Moves to the next field and validates it, value included. False once the object and the text
  /// have ended, or at the first fault; [#isWhole] tells which.
  public boolean nextField() {
    if (ended || !fault.isEmpty()) {
      return false;
    }
    int p = skipSpace(position);
    if (p < end && buffer[p] == '}') {
      finish(p + 1);
      return false;
    }
    if (!first) {
      if (p == end || buffer[p] != ',') {
        fail("comma or } expected", p);
        return false;
      }
      p = skipSpace(p + 1);
    }
    first = false;
    int nameFrom = p;
    p = skipName(p);
    if (p == FAULT) {
      return false;
    }
    nameWord = escaped ? strings.word(buffer, nameFrom, p) : Word.of(buffer, nameFrom + 1, p - 1);
    p = skipColon(p);
    if (p == FAULT) {
      return false;
    }
    valueFrom = p;
    valueTo = skipValue(p);
    if (valueTo == FAULT) {
      return false;
    }
    kind = kindOf(buffer[valueFrom]);
    position = valueTo;
    return true;
  }

  /// Whether [#nextField] came to the end and the whole text was legal.
  public boolean isWhole() {
    return ended && fault.isEmpty();
  }

  /// What was wrong, for people; empty if nothing was.
  public String fault() {
    return fault;
  }

  /// Where it was wrong, in bytes from the start of the text.
  public int faultOffset() {
    return faultPosition - origin;
  }

  /// The name of the current field as a [Word], its escapes resolved.
  public long nameWord() {
    return nameWord;
  }

  /// Whether the current field has this name, of at most eight letters.
  public boolean isNamed(String name) {
    return nameWord() == Word.of(name);
  }

  /// The text of the current field's value, its escapes resolved; empty if that is no string, is
  /// longer than `bytesMax` in UTF-8 or has half a surrogate pair.
  public Optional<String> string(int bytesMax) {
    return kind == Kind.STRING
        ? Optional.ofNullable(text(valueFrom, valueTo, bytesMax))
        : Optional.empty();
  }

  /// What the current field's value is.
  public Kind kind() {
    return kind;
  }

  /// Where the current field's value begins in the buffer.
  public int valueFrom() {
    return valueFrom;
  }

  /// Where it ends (exclusive). No white space is around it.
  public int valueTo() {
    return valueTo;
  }

  /// The text of the string value in the given range, its escapes resolved; empty-handed (`null`)
  /// if it is longer than `bytesMax` in UTF-8 or has half a surrogate pair.
  @Nullable String text(int from, int to, int bytesMax) {
    return strings.text(buffer, from, to, bytesMax);
  }

  /// Whether [#text] would answer, without making the text.
  boolean isText(int from, int to, int bytesMax) {
    return strings.isText(buffer, from, to, bytesMax);
  }

  /// The string value in the given range as a [Word].
  long word(int from, int to) {
    return strings.word(buffer, from, to);
  }

  /// The strings of the array value in the given range; empty-handed (`null`) if one of its
  /// elements is no string or [#text] refuses it, or if there are more than `countMax`.
  @Nullable List<String> texts(int from, int to, int countMax, int bytesMax) {
    List<String> texts = new ArrayList<>();
    int p = skipSpace(from + 1);
    while (p < to - 1) {
      if (buffer[p] != '"' || texts.size() == countMax) {
        return null;
      }
      int next = skipString(p + 1);
      String text = text(p, next, bytesMax);
      if (text == null) {
        return null;
      }
      texts.add(text);
      p = skipSpace(next);
      if (buffer[p] == ',') {
        p = skipSpace(p + 1);
      }
    }
    return List.copyOf(texts);
  }

  /// The members of the object in the given range, in their order, of a repeated name the last
  /// value; empty-handed (`null`) if one of its values is no string or [#text] refuses it or its
  /// name, or if there are more than `countMax`.
  @Nullable Map<String, String> textsByName(int from, int to, int countMax, int bytesMax) {
    Map<String, String> texts = new LinkedHashMap<>();
    int p = skipSpace(from + 1);
    while (p < to - 1) {
      int behindName = skipString(p + 1);
      String name = text(p, behindName, bytesMax);
      int value = skipSpace(skipSpace(behindName) + 1); // the colon between them
      if (buffer[value] != '"') {
        return null;
      }
      int next = skipString(value + 1);
      String text = text(value, next, bytesMax);
      if (name == null || text == null) {
        return null;
      }
      texts.put(name, text);
      if (texts.size() > countMax) {
        return null;
      }
      p = skipSpace(next);
      if (buffer[p] == ',') {
        p = skipSpace(p + 1);
      }
    }
    return texts;
  }

  /// The number of the [Kind#INTEGER] value in the given range, or [#NO_INTEGER] if it lies outside
  /// ±[#INTEGER_MAX].
  long integer(int from, int to) {
    if (to - from > INTEGER_BYTES_MAX) {
      return NO_INTEGER;
    }
    boolean negative = buffer[from] == '-';
    long number = 0;
    for (int p = negative ? from + 1 : from; p < to; p++) {
      number = number * 10 + (buffer[p] - '0');
    }
    if (number > INTEGER_MAX) {
      return NO_INTEGER;
    }
    return negative ? -number : number;
  }

  private Kind kindOf(byte initial) {
    return switch (initial) {
      case '{' -> Kind.OBJECT;
      case '[' -> Kind.ARRAY;
      case '"' -> Kind.STRING;
      case 't', 'f' -> Kind.BOOLEAN;
      case 'n' -> Kind.NULL;
      default -> decimal ? Kind.DECIMAL : Kind.INTEGER;
    };
  }

  private void finish(int behindObject) {
    int p = skipSpace(behindObject);
    if (p == end) {
      ended = true;
    } else {
      fail("something follows the object", p);
    }
  }

  private int skipSpace(int from) {
    int p = from;
    while (p < end && isSpace(buffer[p])) {
      p++;
    }
    return p;
  }

  private static boolean isSpace(byte b) {
    return b <= ' ' && (b == ' ' || b == '\n' || b == '\r' || b == '\t');
  }

  /// From the first byte of a value to behind its last.
  private int skipValue(int p) {
    if (p == end) {
      return fail("value expected", p);
    }
    byte b = buffer[p];
    return b == '{' || b == '[' ? skipContainer(p) : skipScalar(p);
  }

  /// As [#skipValue], for an object or array. Not recursive, so that depth costs a client's bytes
  /// and none of our stack: what encloses the current place is a bit each in `objects`, the
  /// innermost lowest, 1 for an object and 0 for an array.
  private int skipContainer(int from) {
    int p = from;
    int depth = 1;
    long objects = 0;
    while (true) {
      if (p == end) {
        return fail("value expected", p);
      }
      byte b = buffer[p];
      if (b == '{' || b == '[') {
        if (depth == depthMax) {
          return fail("nested too deep", p);
        }
        boolean object = b == '{';
        depth++;
        objects = (objects << 1) | (object ? 1 : 0);
        p = skipSpace(p + 1);
        boolean empty = p < end && buffer[p] == (object ? '}' : ']');
        if (!empty) {
          if (object) {
            p = skipNameAndColon(p);
            if (p == FAULT) {
              return FAULT;
            }
          }
          continue;
        }
      } else {
        p = skipScalar(p);
        if (p == FAULT) {
          return FAULT;
        }
        p = skipSpace(p);
      }
      // Behind a value, or at the end of an empty container: close what ends here.
      while (p < end && buffer[p] == ((objects & 1) != 0 ? '}' : ']')) {
        p++;
        depth--;
        objects >>>= 1;
        if (depth == 1) {
          return p;
        }
        p = skipSpace(p);
      }
      if (p == end || buffer[p] != ',') {
        return fail("comma or closing bracket expected", p);
      }
      p = skipSpace(p + 1);
      if ((objects & 1) != 0) {
        p = skipNameAndColon(p);
        if (p == FAULT) {
          return FAULT;
        }
      }
    }
  }

  private int skipNameAndColon(int p) {
    int behindName = skipName(p);
    return behindName == FAULT ? FAULT : skipColon(behindName);
  }

  private int skipColon(int behindName) {
    int p = skipSpace(behindName);
    if (p == end || buffer[p] != ':') {
      return fail("colon expected", p);
    }
    return skipSpace(p + 1);
  }

  /// From where a name's opening quote should be to behind its closing quote; sets `escaped`.
  private int skipName(int from) {
    if (from == end || buffer[from] != '"') {
      return fail("name in quotes expected", from);
    }
    int p = skipString(from + 1);
    if (p == FAULT) {
      return FAULT;
    }
    if (escaped && !strings.isText(buffer, from, p, Integer.MAX_VALUE)) {
      return fail("half a surrogate pair in a name", from);
    }
    if (p - from - 2 > NAME_CHARS_MAX && strings.countChars(buffer, from, p) > NAME_CHARS_MAX) {
      return fail("name too long", from);
    }
    return p;
  }

  private int skipScalar(int p) {
    return switch (buffer[p]) {
      case '"' -> skipString(p + 1);
      case 't' -> skipLiteral(p, TRUE);
      case 'f' -> skipLiteral(p, FALSE);
      case 'n' -> skipLiteral(p, NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> skipNumber(p);
      default -> fail("value expected", p);
    };
  }

  private int skipLiteral(int from, byte[] literal) {
    if (end - from < literal.length) {
      return fail("value expected", from);
    }
    for (int i = 1; i < literal.length; i++) {
      if (buffer[from + i] != literal[i]) {
        return fail("value expected", from);
      }
    }
    return from + literal.length;
  }

  /// From the sign or first digit to behind the number; sets `decimal`.
  private int skipNumber(int from) {
    int p = buffer[from] == '-' ? from + 1 : from;
    int integerFrom = p;
    p = skipDigits(p);
    int integerDigits = p - integerFrom;
    if (integerDigits == 0) {
      return fail("digit expected", p);
    }
    boolean zero = buffer[integerFrom] == '0';
    if (zero && integerDigits > 1) {
      return fail("leading zero", integerFrom);
    }
    int digits = integerDigits;
    boolean fraction = p < end && buffer[p] == '.';
    if (fraction) {
      int fractionFrom = p + 1;
      p = skipDigits(fractionFrom);
      if (p == fractionFrom) {
        return fail("digit expected", p);
      }
      digits += p - fractionFrom;
    }
    boolean exponent = p < end && (buffer[p] | 0x20) == 'e';
    if (exponent) {
      p++;
      if (p < end && (buffer[p] == '+' || buffer[p] == '-')) {
        p++;
      }
      int exponentFrom = p;
      p = skipDigits(p);
      if (p == exponentFrom) {
        return fail("digit expected", p);
      }
      digits += p - exponentFrom;
    }
    if (zero && fraction != exponent) {
      digits--; // see the class comment
    }
    if (digits > NUMBER_DIGITS_MAX) {
      return fail("number too long", from);
    }
    decimal = fraction || exponent;
    return p;
  }

  private int skipDigits(int from) {
    int p = from;
    while (p < end && buffer[p] >= '0' && buffer[p] <= '9') {
      p++;
    }
    return p;
  }

  /// From behind a string's opening quote to behind its closing quote; sets `escaped`.
  private int skipString(int from) {
    byte[] bytes = buffer;
    int end = this.end;
    int p = from;
    escaped = false;
    while (true) {
      // Most text is plain ASCII: eight bytes at a time up to the first that needs a look. Of
      // `stops` the lowest bit is exact; above it a borrow may mark innocent bytes too.
      while (p <= end - Long.BYTES) {
        long eight = (long) EIGHT_BYTES.get(bytes, p);
        long stops =
            (eight // 0x80 and above
                    | (eight - LOW_BITS * ' ') // below the blank
                    | ((eight ^ LOW_BITS * '"') - LOW_BITS)
                    | ((eight ^ LOW_BITS * '\\') - LOW_BITS))
                & HIGH_BITS;
        if (stops != 0) {
          p += Long.numberOfTrailingZeros(stops) >>> 3;
          break;
        }
        p += Long.BYTES;
      }
      if (p == end) {
        return fail("string without end", p);
      }
      byte b = bytes[p];
      if (b == '"') {
        return p + 1;
      }
      if (b == '\\') {
        escaped = true;
        p = skipEscape(p);
      } else if (b < 0) {
        do { // they seldom come alone
          p = skipMultibyte(p);
        } while (p != FAULT && p < end && bytes[p] < 0);
      } else if (b < ' ') {
        return fail("control character in a string", p);
      } else {
        p++;
      }
      if (p == FAULT) {
        return FAULT;
      }
    }
  }

  private int skipEscape(int backslash) {
    int p = backslash + 1;
    if (p == end) {
      return fail("string without end", p);
    }
    return switch (buffer[p]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> p + 1;
      case 'u' -> skipHex(p + 1);
      default -> fail("unknown escape", backslash);
    };
  }

  private int skipHex(int from) {
    if (end - from < 4) {
      return fail("four hexadecimal digits expected", from);
    }
    for (int p = from; p < from + 4; p++) {
      if (Character.digit(buffer[p], 16) < 0) {
        return fail("four hexadecimal digits expected", p);
      }
    }
    return from + 4;
  }

  /// Behind a character of two to four bytes.
  private int skipMultibyte(int from) {
    int length = Utf8.multibyteLength(buffer, from, end);
    return length == 0 ? fail("bad UTF-8", from) : from + length;
  }

  private int fail(String what, int at) {
    fault = what;
    faultPosition = at;
    return FAULT;
  }
}
