package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tidings.protocol.JsonScanner.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The known fields of one unit: [#collect] notes where each value stands, then the readers hand
/// them out with the types and bounds that the caller asks for.
///
/// A reader that does not find what it wants notes a fault and answers something harmless, so that
/// a whole command is read in one expression; [#fault] is asked at the end. The first fault stays:
/// it is what the client is told. Confined to one thread.
final class Fields {
  /// The longest legal address: `t:` and a topic. (`p:g:` and a name is shorter.)
  private static final int ADDRESS_BYTES_MAX =
      Address.Kind.TOPIC.prefix().length() + Address.TOPIC_BYTES_MAX;

  // What a reader answers beside a fault. It goes into a command that nobody sees.
  private static final Address NOWHERE = new Address(Address.Kind.USER, "");
  private static final Payload NOTHING = Payload.of("");

  /// A known field and what was found of it. Absent and `null` are the same.
  static final class Field {
    private final String name;
    private Kind kind = Kind.NULL;
    private int from;
    private int to;

    Field(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    Kind kind() {
      return kind;
    }

    boolean isAbsent() {
      return kind == Kind.NULL;
    }

    boolean isPresent() {
      return kind != Kind.NULL;
    }
  }

  private final JsonScanner scanner;
  private final List<Field> fields;
  private final WordMap<Field> byName;

  private byte[] buffer = new byte[0];
  private ErrorCode faultCode = ErrorCode.BAD_REQUEST;
  private String fault = "";

  /// Knows `fields`, whose names have at most eight bytes; objects and arrays may be nested up to
  /// `depthMax`.
  Fields(int depthMax, List<Field> fields) {
    scanner = new JsonScanner(depthMax);
    this.fields = fields;
    byName = WordMap.of(fields, Field::name);
  }

  List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /// Forgets the unit before and takes in the one in `buffer` from `from` to `to`. False if it is
  /// not legal JSON; then nothing of it may be read except [#illegality].
  boolean collect(byte[] buffer, int from, int to) {
    this.buffer = buffer;
    fault = "";
    for (Field field : fields) {
      field.kind = Kind.NULL;
    }
    scanner.start(buffer, from, to);
    while (scanner.nextField()) {
      Field field = byName.get(scanner.nameWord());
      if (field != null) {
        field.kind = scanner.kind();
        field.from = scanner.valueFrom();
        field.to = scanner.valueTo();
      }
    }
    return scanner.isWhole();
  }

  /// Why [#collect] was false, for people.
  String illegality() {
    return scanner.fault() + " at byte " + scanner.faultOffset();
  }

  /// The first fault that a reader noted, naming the field; empty: none.
  String fault() {
    return fault;
  }

  /// The code that goes with [#fault].
  ErrorCode faultCode() {
    return faultCode;
  }

  /// Notes that `field` breaks `rule`, unless there is a fault already.
  void refuse(ErrorCode code, Field field, String rule) {
    if (fault.isEmpty()) {
      faultCode = code;
      fault = field.name + " " + rule;
    }
  }

  void refuse(Field field, String rule) {
    refuse(ErrorCode.BAD_REQUEST, field, rule);
  }

  /// The string of `field` as a [Word], or [Word#NONE].
  long word(Field field) {
    return field.kind == Kind.STRING ? scanner.word(field.from, field.to) : Word.NONE;
  }

  /// The text of `field` of at most `bytesMax`, or `""` if it is absent.
  String text(Field field, int bytesMax) {
    if (field.isAbsent()) {
      return "";
    }
    String text = textOrNull(field, bytesMax);
    if (text == null) {
      refuse(field, "must be a string of at most " + bytesMax + " bytes");
      return "";
    }
    return text;
  }

  /// As [#text], but an empty text is refused too, so that `""` means absent.
  String filledText(Field field, int bytesMax) {
    String text = text(field, bytesMax);
    if (text.isEmpty() && field.isPresent()) {
      refuse(field, "must not be empty");
    }
    return text;
  }

  Optional<String> optionalText(Field field, int bytesMax) {
    return field.isAbsent() ? Optional.empty() : Optional.of(text(field, bytesMax));
  }

  /// The text of `field` whatever it is, if it has at most `bytesMax`.
  Optional<String> anyText(Field field, int bytesMax) {
    return Optional.ofNullable(textOrNull(field, bytesMax));
  }

  Optional<String> optionalName(Field field) {
    if (field.isAbsent()) {
      return Optional.empty();
    }
    String name = textOrNull(field, Address.NAME_BYTES_MAX);
    if (name == null || !Address.isName(name)) {
      refuse(field, "must be a name: 1 to 64 ASCII letters, digits and . _ ~ - @");
      return Optional.empty();
    }
    return Optional.of(name);
  }

  /// The name of `field`, which must be there.
  String name(Field field) {
    Optional<String> name = optionalName(field);
    if (field.isAbsent()) {
      refuse(field, "must be there");
    }
    return name.orElse("");
  }

  /// The list of names of `field`, which may be absent only if `countMin` is 0.
  List<String> names(Field field, int countMin, int countMax) {
    if (field.isAbsent() && countMin == 0) {
      return List.of();
    }
    List<String> names =
        field.kind == Kind.ARRAY
            ? scanner.texts(field.from, field.to, countMax, Address.NAME_BYTES_MAX)
            : null;
    if (names == null || names.size() < countMin || !names.stream().allMatch(Address::isName)) {
      refuse(field, "must be a list of " + countMin + " to " + countMax + " names");
      return List.of();
    }
    return names;
  }

  /// The address of `field`, which must be there and of one of `kinds`.
  Address address(Field field, Set<Address.Kind> kinds) {
    String text = textOrNull(field, ADDRESS_BYTES_MAX);
    Optional<Address> address = text == null ? Optional.empty() : Address.parse(text);
    if (address.isEmpty() || !kinds.contains(address.get().kind())) {
      List<String> prefixes = kinds.stream().map(Address.Kind::prefix).toList();
      refuse(field, "must be a legal address: " + String.join(" or ", prefixes) + " and a name");
      return NOWHERE;
    }
    return address.get();
  }

  /// The integer of `field` from `min` to `max`, or `absent` if it is absent.
  long number(Field field, long min, long max, long absent) {
    if (field.isAbsent()) {
      return absent;
    }
    long number =
        field.kind == Kind.INTEGER ? scanner.integer(field.from, field.to) : JsonScanner.NO_INTEGER;
    if (number < min || number > max) {
      refuse(field, "must be an integer from " + min + " to " + max);
      return absent;
    }
    return number;
  }

  /// The integer of `field` from `min` to `max`, which must be there.
  long requiredNumber(Field field, long min, long max) {
    if (field.isAbsent()) {
      refuse(field, "must be there: an integer from " + min + " to " + max);
      return min;
    }
    return number(field, min, max, min);
  }

  int integer(Field field, int min, int max, int absent) {
    return (int) number(field, min, max, absent);
  }

  OptionalInt optionalInteger(Field field, int min, int max) {
    return field.isAbsent() ? OptionalInt.empty() : OptionalInt.of(integer(field, min, max, min));
  }

  /// The integer of `field`, from 0 on.
  OptionalLong optionalPosition(Field field) {
    return field.isAbsent()
        ? OptionalLong.empty()
        : OptionalLong.of(number(field, 0, JsonScanner.INTEGER_MAX, 0));
  }

  /// Whether `field` is `true`; absent it is `false`.
  boolean flag(Field field) {
    if (field.isAbsent()) {
      return false;
    }
    if (field.kind != Kind.BOOLEAN) {
      refuse(field, "must be true or false");
      return false;
    }
    return buffer[field.from] == 't';
  }

  Optional<Boolean> optionalFlag(Field field) {
    return field.isAbsent() ? Optional.empty() : Optional.of(flag(field));
  }

  boolean anyPresent(Field... some) {
    return Arrays.stream(some).anyMatch(Field::isPresent);
  }

  /// The texts of the object `field`, by their names; none if it is absent.
  Map<String, String> texts(Field field, int countMax, int bytesMax) {
    if (field.isAbsent()) {
      return Map.of();
    }
    Map<String, String> found =
        field.kind == Kind.OBJECT
            ? scanner.textsByName(field.from, field.to, countMax, bytesMax)
            : null;
    if (found == null) {
      refuse(
          field,
          "must be an object of at most "
              + countMax
              + " strings of at most "
              + bytesMax
              + " bytes");
      return Map.of();
    }
    return Map.copyOf(found);
  }

  /// A time in `field`, or `true` for ever (`Long.MAX_VALUE`), or `false` (0).
  OptionalLong flagOrTime(Field field) {
    if (field.isAbsent()) {
      return OptionalLong.empty();
    }
    if (field.kind == Kind.BOOLEAN) {
      return OptionalLong.of(buffer[field.from] == 't' ? Long.MAX_VALUE : 0);
    }
    long time = field.kind == Kind.INTEGER ? scanner.integer(field.from, field.to) : -1;
    if (time < 0) { // NO_INTEGER is less than 0
      refuse(field, "must be true, false or an integer from 0 to " + JsonScanner.INTEGER_MAX);
      return OptionalLong.empty();
    }
    return OptionalLong.of(time);
  }

  /// The object of `field`, which says one of `words` for each of at most `countMax` names.
  Map<String, String> words(Field field, Set<String> words, int countMax) {
    if (field.isAbsent()) {
      return Map.of();
    }
    Map<String, String> found =
        field.kind == Kind.OBJECT
            ? scanner.textsByName(field.from, field.to, countMax, Address.NAME_BYTES_MAX)
            : null;
    if (found == null
        || found.isEmpty()
        || !found.keySet().stream().allMatch(Address::isName)
        || !words.containsAll(found.values())) {
      refuse(
          field,
          "must say for 1 to "
              + countMax
              + " names one of "
              + String.join(", ", words.stream().sorted().toList()));
      return Map.of();
    }
    return found;
  }

  /// The text or integer of `field`, kept as it was written.
  RequestId requestId(Field field, int bytesMax) {
    if (field.isAbsent()) {
      return RequestId.NONE;
    }
    boolean legal =
        switch (field.kind) {
          case STRING -> scanner.isText(field.from, field.to, bytesMax);
          case INTEGER -> scanner.integer(field.from, field.to) != JsonScanner.NO_INTEGER;
          case NULL, BOOLEAN, DECIMAL, ARRAY, OBJECT -> false;
        };
    if (!legal) {
      refuse(
          field, "must be a string of at most " + bytesMax + " bytes or an integer up to 2^53-1");
      return RequestId.NONE;
    }
    return new RequestId(new String(buffer, field.from, field.to - field.from, UTF_8));
  }

  /// A copy of the value of `field`, which must be there; any value but `null` will do.
  Payload payload(Field field, int bytesMax) {
    if (field.isAbsent()) {
      refuse(field, "must be there and not null");
      return NOTHING;
    }
    if (field.to - field.from > bytesMax) {
      refuse(ErrorCode.TOO_LARGE, field, "must have at most " + bytesMax + " bytes");
      return NOTHING;
    }
    return new Payload(Arrays.copyOfRange(buffer, field.from, field.to));
  }

  Optional<Payload> optionalPayload(Field field, int bytesMax) {
    return field.isAbsent() ? Optional.empty() : Optional.of(payload(field, bytesMax));
  }

  private @Nullable String textOrNull(Field field, int bytesMax) {
    return field.kind == Kind.STRING ? scanner.text(field.from, field.to, bytesMax) : null;
  }
}
