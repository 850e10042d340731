package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidings.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

  /// Said by a server in trouble, or among many nodes.
  private static final Set<String> FIELDS_WITHOUT_EXAMPLE =
      Set.of("erasing"); // gone again before one can look

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

  /// By op; `id` and `as` are those of any.
  @Test
  void everyFieldOfARequestHasAnExample() {
    Set<String> shown = new TreeSet<>();
    for (JsonNode request : PAGE.said()) {
      String op = request.path("op").asString("");
      request
          .propertyNames()
          .forEach(field -> {
            shown.add(op + " " + field);
            shown.add("any " + field);
          });
    }
    Set<String> wanted = new TreeSet<>();
    for (Shapes.Shape shape : Shapes.ALL) {
      String op = shape.word().split(" ", -1)[0];
      for (Shapes.Field field : shape.fields()) {
        boolean common = field.name().equals("id") || field.name().equals("as");
        wanted.add((common ? "any" : op) + " " + field.name());
      }
    }
    assertThat(shown).containsAll(wanted);
  }

  /// What the code writes into units, wherever it stands there.
  @Test
  void everyFieldOfTheServerHasAnExample() throws IOException {
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
    Set<String> shown = new TreeSet<>(FIELDS_WITHOUT_EXAMPLE);
    PAGE.heard().forEach(unit -> addNames(unit, shown));
    assertThat(written).hasSizeGreaterThan(50);
    assertThat(shown).containsAll(written);
  }

  private static void addNames(JsonNode node, Set<String> names) {
    node.propertyNames().forEach(names::add);
    node.forEach(child -> addNames(child, names));
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
