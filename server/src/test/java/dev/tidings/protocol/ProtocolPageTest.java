package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Keeps docs/protocol.md and the code in agreement, both ways: what the page says is what the code
/// does, and what the code knows stands on the page. Its examples are played by
/// [dev.tidings.page.ExamplesTest].
class ProtocolPageTest {
  private static final String ERRORS = "| code | HTTP | kind | meaning |";
  private static final String CLOSES = "| close | `bye` code | verdict |";
  private static final String DEEDS = "| `do` | fields | who may |";

  private static final String ORDERS = "| `do` of `admin` | fields | effect |";

  /// How the code begins a unit that it sends.
  private static final Pattern SENT_OP =
      Pattern.compile("name\\(\"op\"\\)\\s*\\.plain\\(\"(\\w+)\"\\)");

  /// How the code writes a field of a unit.
  private static final Pattern WRITTEN = Pattern.compile("name\\(\"(\\w+)\"\\)");

  private static final Pattern WORD = Pattern.compile("\\w+");

  private static final ProtocolPage PAGE = new ProtocolPage(read("docs/protocol.md"));

  @Test
  void errorsOfThePageAreThoseOfTheCode() {
    assertThat(PAGE.table(ERRORS)).containsExactlyElementsOf(errors());
  }

  @Test
  void closeCodesOfThePageAreThoseOfTheCode() {
    assertThat(PAGE.table(CLOSES)).containsExactlyElementsOf(closes());
  }

  private static List<List<String>> errors() {
    return Arrays.stream(ErrorCode.values())
        .map(code ->
            List.of(
                code.wire(),
                String.valueOf(code.httpStatus()),
                code.kind().name().toLowerCase(Locale.ROOT),
                code.meaning()))
        .toList();
  }

  private static List<List<String>> closes() {
    return Arrays.stream(CloseCode.values())
        .map(code -> List.of(String.valueOf(code.number()), code.wire(), code.verdict()))
        .toList();
  }

  private static Decoded decode(String unit) {
    byte[] bytes = unit.getBytes(UTF_8);
    return new CommandDecoder().decode(bytes, 0, bytes.length);
  }

  /// By way of the examples: each word has one, and there is one of each command.
  @Test
  void wordsOfClientsAreThoseThatTheDecoderTakes() {
    Set<String> words = new LinkedHashSet<>();
    Set<Class<?>> commands = new LinkedHashSet<>();
    for (Command command : commandsOfThePage()) {
      words.add(command.head().op());
      commands.add(command.getClass());
    }
    assertThat(PAGE.vocabulary("Client")).containsExactlyInAnyOrderElementsOf(words);
    assertThat(commands).containsExactlyInAnyOrder(Command.class.getPermittedSubclasses());
  }

  @Test
  void deedsOfGroupsAreThoseThatTheDecoderTakes() {
    Set<Class<?>> actions = new LinkedHashSet<>();
    for (Command command : commandsOfThePage()) {
      if (command instanceof Command.Group group) {
        actions.add(group.action().getClass());
      }
    }
    assertThat(actions)
        .containsExactlyInAnyOrder(Command.GroupAction.class.getPermittedSubclasses());
    assertThat(PAGE.table(DEEDS))
        .extracting(List::getFirst)
        .containsExactlyElementsOf(
            Arrays.stream(Command.GroupAction.class.getPermittedSubclasses())
                .map(action -> action.getSimpleName().toLowerCase(Locale.ROOT))
                .toList());
  }

  /// By way of the examples, and of the table beside them.
  @Test
  void ordersOfAdminAreThoseThatTheDecoderTakes() {
    Set<Class<?>> actions = new LinkedHashSet<>();
    for (Command command : commandsOfThePage()) {
      if (command instanceof Command.Admin admin) {
        actions.add(admin.action().getClass());
      }
    }
    assertThat(actions)
        .containsExactlyInAnyOrder(Command.AdminAction.class.getPermittedSubclasses());
    Set<String> words = new TreeSet<>();
    for (List<String> row : PAGE.table(ORDERS)) {
      words.addAll(List.of(row.getFirst().replace("`", "").split(", ")));
    }
    assertThat(words)
        .containsExactlyInAnyOrderElementsOf(
            CommandDecoder.vocabulary().stream()
                .filter(word -> word.startsWith("admin "))
                .map(word -> word.substring("admin ".length()))
                .toList());
  }

  private static List<Command> commandsOfThePage() {
    return PAGE.requests().stream()
        .map(ProtocolPageTest::decode)
        .filter(Decoded.Request.class::isInstance)
        .map(request -> ((Decoded.Request) request).command())
        .toList();
  }

  @Test
  void wordsOfTheServerAreThoseThatTheCodeWrites() throws IOException {
    Set<String> written = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Checkout.root().resolve("server/src/main/java"))) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          // A POST in short, or a URL, is spelt out as the request that it stands for.
          .filter(file -> !file.endsWith("http/SendUnit.java"))
          .filter(file -> !file.endsWith("http/UrlUnits.java"))
          // So is what is said at the relay.
          .filter(file -> !file.endsWith("relay/RelayLane.java"))
          .map(ProtocolPageTest::read)
          .forEach(source ->
              SENT_OP.matcher(source).results().forEach(found -> written.add(found.group(1))));
    }
    assertThat(PAGE.vocabulary("Server")).containsExactlyInAnyOrderElementsOf(written);
  }

  // ---- What the examples show, all of which are played by dev.tidings.page.ExamplesTest.
  // ----------

  /// What no example can show, and why.
  private static final Set<ErrorCode> ERRORS_WITHOUT_EXAMPLE =
      Set.of(
          ErrorCode.BUSY, // only where more is asked than can be done
          ErrorCode.UNAVAILABLE, // only where the disk fails
          ErrorCode.INTERNAL, // only where we have made a mistake
          ErrorCode.TIMEOUT); // not given by this version

  private static final Set<CloseCode> CLOSES_WITHOUT_EXAMPLE =
      Set.of(
          CloseCode.OVERLOADED, // only where more come than can be let in
          CloseCode.INTERNAL, // only where we have made a mistake
          CloseCode.LIMIT, // takes twenty-one terminals
          CloseCode.VERSION); // not given by this version

  private static final Set<String> FIELDS_WITHOUT_EXAMPLE =
      Set.of(
          "bye retry", // only where more come than can be let in
          "ok admin list erasing", // gone again before one can look
          "ok search whole"); // only while logs are read for the first time, or after a flood

  private static final String STREAM = "| parameter | meaning |";

  @Test
  void everyRequestHasAnExample() {
    Set<String> shown = new TreeSet<>();
    for (JsonNode request : PAGE.said()) {
      String op = request.path("op").asString("");
      shown.add(request.has("do") ? op + " " + request.path("do").asString("") : op);
    }
    assertThat(shown).containsAll(CommandDecoder.vocabulary());
  }

  /// By op and `do`; `id` and `as` are those of any, `cid` that of any change of a group.
  @Test
  void everyFieldOfARequestHasAnExample() {
    Set<String> shown = new TreeSet<>();
    for (JsonNode request : PAGE.said()) {
      String op = request.path("op").asString("");
      String word = request.has("do") ? op + " " + request.path("do").asString("") : op;
      request.propertyNames().forEach(field -> shown.add(field(word, field)));
    }
    Set<String> wanted = new TreeSet<>();
    for (Shapes.Shape shape : Shapes.ALL) {
      shape.fields().forEach(field -> wanted.add(field(shape.word(), field.name())));
    }
    assertThat(shown).containsAll(wanted);
  }

  private static String field(String word, String field) {
    return switch (field) {
      case "id", "as" -> "any " + field;
      case "cid" -> word.split(" ", -1)[0] + " " + field;
      default -> word + " " + field;
    };
  }

  @Test
  void fieldsOfRequestsAreThoseThatTheDecoderReads() {
    Map<String, Set<String>> read = new TreeMap<>();
    for (Shapes.Shape shape : Shapes.ALL) {
      String[] words = shape.word().split(" ", -1);
      Set<String> fields = read.computeIfAbsent(words[0], _ -> new TreeSet<>());
      if (words.length > 1) {
        fields.add("do");
      }
      shape.fields().forEach(field -> fields.add(field.name()));
      fields.removeAll(List.of("id", "as"));
    }
    Map<String, Set<String>> told = new TreeMap<>();
    for (List<String> row : PAGE.table(REQUESTS)) {
      told.put(row.getFirst(), new TreeSet<>(ProtocolPage.quoted("`" + row.getLast() + "`")));
    }
    assertThat(told).isEqualTo(read);
  }

  private static final String REQUESTS = "| request | its fields |";
  private static final String UNITS = "| unit | in answer to | its fields |";

  /// A row of the table of what the server says.
  ///
  /// @param units the unit, or what is in it, or of `ok` each that is answered so
  private record UnitRow(List<String> units, Set<String> fields) {
    static List<UnitRow> of(ProtocolPage page) {
      return page.table(UNITS).stream()
          .map(row -> {
            String unit = ProtocolPage.quoted("`" + row.getFirst() + "`").getFirst();
            return new UnitRow(
                unit.equals("ok") ? answers(row.get(1)) : List.of(unit),
                new TreeSet<>(ProtocolPage.quoted("`" + row.getLast() + "`")));
          })
          .toList();
    }

    private static List<String> answers(String cell) {
      List<String> answers = new ArrayList<>();
      for (String part : ("`" + cell + "`").split(", ", -1)) {
        List<String> words = ProtocolPage.quoted(part);
        if (part.contains(":")) {
          words.stream()
              .skip(1)
              .forEach(word -> answers.add("ok " + words.getFirst() + " " + word));
        } else {
          words.forEach(word -> answers.add("ok " + word));
        }
      }
      return answers;
    }
  }

  @Test
  void unitsOfThePageAreThoseOfTheServer() {
    Set<String> units = new TreeSet<>();
    UnitRow.of(PAGE).forEach(row -> units.addAll(row.units()));
    Set<String> wanted = new TreeSet<>(PAGE.vocabulary("Server"));
    wanted.remove("ok");
    wanted.add("convs");
    CommandDecoder.vocabulary().stream()
        .filter(word -> !List.of("auth", "ping", "pong").contains(word))
        .forEach(word -> wanted.add("ok " + word));
    assertThat(units).isEqualTo(wanted);
  }

  /// What the code writes into units, wherever it stands there.
  @Test
  void everyFieldThatTheServerWritesIsInTheTable() throws IOException {
    Set<String> written = new TreeSet<>();
    for (String folder : List.of("protocol", "conversation", "hub")) {
      try (Stream<Path> files =
          Files.walk(Checkout.root().resolve("server/src/main/java/dev/tidings/" + folder))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(ProtocolPageTest::read)
            .forEach(source ->
                WRITTEN.matcher(source).results().forEach(found -> written.add(found.group(1))));
      }
    }
    Set<String> told = new TreeSet<>(List.of("op", "id"));
    for (UnitRow row : UnitRow.of(PAGE)) {
      row.fields().forEach(field -> told.add(field.replaceFirst(".*\\.", "")));
    }
    assertThat(written).hasSizeGreaterThan(50);
    assertThat(told).containsAll(written);
  }

  @Test
  void everyFieldOfTheServerHasAnExampleInEachUnit() {
    assertThat(differences(PAGE)).isEmpty();
  }

  /// Both ways: what no example shows, and what is shown and not in the table.
  private static List<String> differences(ProtocolPage page) {
    Map<String, Set<String>> shown = new TreeMap<>();
    page.answered().forEach(heard -> addFields(heard.json(), heard.unit(), "", shown));
    List<String> differences = new ArrayList<>();
    for (UnitRow row : UnitRow.of(page)) {
      Set<String> fields = new TreeSet<>();
      for (String unit : row.units()) {
        fields.addAll(Objects.requireNonNullElse(shown.remove(unit), Set.of()));
      }
      for (String field : FIELDS_WITHOUT_EXAMPLE) {
        boolean ours = row.units().contains(field.replaceFirst(" \\w+$", ""));
        if (ours && !fields.add(field.replaceFirst(".* ", ""))) {
          differences.add(field + " has an example");
        }
      }
      if (!fields.equals(row.fields())) {
        differences.add(row.units() + " has " + row.fields() + ", examples show " + fields);
      }
    }
    shown.keySet().forEach(unit -> differences.add(unit + " is not in the table"));
    return differences;
  }

  /// Entries and rows of `convs` count as units of their own, for they are told of once.
  private static void addFields(
      JsonNode node, String unit, String prefix, Map<String, Set<String>> shown) {
    Set<String> fields = shown.computeIfAbsent(unit, _ -> new TreeSet<>());
    for (String name : node.propertyNames()) {
      JsonNode value = node.get(name);
      if (unit.equals("msg") && name.equals("epoch")) {
        continue; // of what was searched for: told of there
      }
      if (prefix.isEmpty() && List.of("op", "id").contains(name)) {
        continue;
      }
      fields.add(prefix + name);
      for (JsonNode child : value.isArray() ? value : List.of(value)) {
        switch (name) {
          case "data", "roles" -> {} // the application's
          case "items", "tail" -> {
            addFields(child, "msg", "", shown);
            if (unit.equals("ok search")) {
              fields.addAll(List.of("in", "epoch").stream().filter(child::has).toList());
            }
          }
          case "convs" -> addFields(child, "convs", "", shown);
          default -> addFields(child, unit, prefix + name + ".", shown);
        }
      }
    }
  }

  /// Ops of the server, kinds and voids of entries, and what tables say of them.
  @Test
  void everyWordOfTheServerHasAnExample() {
    Set<String> shown = new TreeSet<>();
    PAGE.heard().forEach(unit -> addWords(unit, shown));
    assertThat(shown).containsAll(PAGE.vocabulary("Server"));
    assertThat(shown)
        .contains("edit", "recall", "join", "leave", "kick", "info", "end") // kinds
        .contains("ttl", "erase"); // of what is void
  }

  private static void addWords(JsonNode node, Set<String> words) {
    for (String field : List.of("op", "kind", "void")) {
      if (node.has(field)) {
        words.add(node.get(field).asString(""));
      }
    }
    node.forEach(child -> addWords(child, words));
  }

  @Test
  void everyErrorAndEveryCloseHasAnExample() {
    Set<String> errors = new TreeSet<>();
    Set<String> closes = new TreeSet<>();
    for (JsonNode unit : PAGE.heard()) {
      switch (unit.path("op").asString("")) {
        case "err" -> errors.add(unit.path("code").asString(""));
        case "bye" -> closes.add(unit.path("code").asString(""));
        default -> {}
      }
    }
    assertThat(errors)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ErrorCode.values())
                .filter(code -> !ERRORS_WITHOUT_EXAMPLE.contains(code))
                .map(ErrorCode::wire)
                .toList());
    assertThat(closes)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(CloseCode.values())
                .filter(code -> !CLOSES_WITHOUT_EXAMPLE.contains(code))
                .map(CloseCode::wire)
                .toList());
  }

  @Test
  void everyParameterOfAStreamAndOfAPollHasAnExample() {
    Set<String> named = new TreeSet<>(List.of("tail", "limit", "next", "since", "wait"));
    for (List<String> row : PAGE.table(STREAM)) {
      WORD.matcher(row.getFirst().replaceAll(" (or|in) .*|`", ""))
          .results()
          .forEach(word -> named.add(word.group()));
    }
    named.add("user");
    String commands = String.join("\n", PAGE.commands());
    assertThat(named)
        .contains("token", "device", "sub", "v")
        .allMatch(
            word -> commands.contains("?" + word + "=") || commands.contains("&" + word + "="));
  }

  /// A guard that cannot fail guards nothing: the same page with one thing wrong.
  @Nested
  class ThePageCanBeWrong {
    @Test
    void inANumberOrAWordOfTheTables() {
      assertThat(with("| `rate` | 429 |", "| `rate` | 430 |").table(ERRORS)).isNotEqualTo(errors());
      assertThat(with("| `busy` | 503 | temporary |", "| `busy` | 503 | permanent |").table(ERRORS))
          .isNotEqualTo(errors());
      assertThat(with("| 4003 | `idle` |", "| 4003 | `idel` |").table(CLOSES))
          .isNotEqualTo(closes());
    }

    @Test
    void inARowTooMuchOrTooLittle() {
      String row = "| 4003 | `idle` | come back |\n";
      assertThat(with(row, "").table(CLOSES)).isNotEqualTo(closes());
      assertThat(with(row, row + "| 4008 | `tired` | come back |\n").table(CLOSES))
          .isNotEqualTo(closes());
      assertThat(with(ERRORS, "| code | status |").table(ERRORS)).isEmpty();
    }

    @Test
    void inItsListsOfWords() {
      assertThat(with("Client: `auth send", "Client: `auth send shout").vocabulary("Client"))
          .contains("shout")
          .hasSize(PAGE.vocabulary("Client").size() + 1);
    }

    @Test
    void inAFieldWithoutAnExampleOrWithoutAPlaceInTheTable() {
      assertThat(differences(with(",\"dup\":true", ""))).hasSize(1);
      assertThat(differences(with(" `dup` |", " |"))).hasSize(1);
      assertThat(differences(with("\"id\":13,\"in\":\"u:bob\"", "\"id\":13"))).isEmpty();
      assertThat(differences(with("\"in\":\"p:g:fans\",\"count\":2", "\"in\":\"p:g:fans\"")))
          .hasSize(1);
      assertThat(differences(with("`welcome` | `auth` |", "`hello` | `auth` |"))).hasSize(2);
    }

    private static ProtocolPage with(String right, String wrong) {
      assertThat(PAGE.markdown()).contains(right);
      return new ProtocolPage(PAGE.markdown().replace(right, wrong));
    }
  }

  private static String read(String file) {
    return read(Checkout.root().resolve(file));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
