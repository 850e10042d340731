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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Keeps docs/protocol.md and the code in agreement, both ways: what the page says is what the code
/// does, and what the code knows stands on the page.
class ProtocolPageTest {
  private static final String ERRORS = "| code | HTTP | kind | meaning |";
  private static final String CLOSES = "| close | `bye` code | verdict |";
  private static final String DEEDS = "| `do` | fields | who may |";

  private static final String ORDERS = "| `do` of `admin` | fields | effect |";

  /// How the code begins a unit that it sends.
  private static final Pattern SENT_OP =
      Pattern.compile("name\\(\"op\"\\)\\s*\\.plain\\(\"(\\w+)\"\\)");

  private static final JsonMapper JSON = JsonMapper.shared();

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

  @Test
  void everyExampleOfAClientIsARequest() {
    assertThat(PAGE.examples('C')).isNotEmpty();
    assertThat(faultsOfClients(PAGE)).isEmpty();
  }

  @Test
  void everyExampleOfTheServerIsAUnitThatItMaySend() {
    assertThat(PAGE.examples('S')).isNotEmpty();
    assertThat(faultsOfServers(PAGE)).isEmpty();
  }

  private static List<String> faultsOfClients(ProtocolPage page) {
    List<String> faults = new ArrayList<>();
    for (String example : page.examples('C')) {
      if (decode(example) instanceof Decoded.Refused refused) {
        faults.add(example + ": " + refused.message());
      }
    }
    return faults;
  }

  private static Decoded decode(String unit) {
    byte[] bytes = unit.getBytes(UTF_8);
    return new CommandDecoder().decode(bytes, 0, bytes.length);
  }

  private static List<String> faultsOfServers(ProtocolPage page) {
    Set<String> known = page.vocabulary("Server");
    return page.examples('S').stream()
        .flatMap(example -> faultOfServer(example, known).map(fault -> example + ": " + fault))
        .toList();
  }

  private static Stream<String> faultOfServer(String example, Set<String> known) {
    JsonNode unit;
    try {
      unit = JSON.readTree(example);
    } catch (JacksonException e) {
      return Stream.of("no JSON: " + e.getOriginalMessage());
    }
    String op = unit.path("op").asString("");
    String code = unit.path("code").asString("");
    return switch (op) {
      case "err" -> faultIf(Arrays.stream(ErrorCode.values()).noneMatch(fits(unit, code)), "code");
      case "bye" ->
          faultIf(
              Arrays.stream(CloseCode.values())
                  .noneMatch(close ->
                      close.wire().equals(code) && close.number() == unit.path("close").asInt(0)),
              "close");
      default -> faultIf(!known.contains(op), "op");
    };
  }

  private static Predicate<ErrorCode> fits(JsonNode err, String code) {
    return known ->
        known.wire().equals(code) && err.has("retry") == (known.kind() == ErrorCode.Kind.TEMPORARY);
  }

  private static Stream<String> faultIf(boolean faulty, String field) {
    return faulty ? Stream.of("wrong " + field) : Stream.empty();
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
    return PAGE.examples('C').stream()
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
    void inAnExampleOfAClient() {
      assertThat(
              faultsOfClients(
                  with("\"to\":\"u:bob\",\"data\":\"hi\"", "\"to\":\"bob\",\"data\":\"hi\"")))
          .singleElement()
          .asString()
          .contains("legal address");
      assertThat(faultsOfClients(with("C {\"op\":\"pong\"}", "C {\"op\":\"gnop\"}"))).hasSize(1);
    }

    @Test
    void inAnExampleOfTheServer() {
      assertThat(faultsOfServers(with("\"gone\":true}\n", "\"gone\":true\n"))).hasSize(2);
      assertThat(faultsOfServers(with("S {\"op\":\"gap\"", "S {\"op\":\"gasp\""))).hasSize(6);
      assertThat(faultsOfServers(with("\"close\":4503", "\"close\":4504"))).hasSize(1);
      assertThat(faultsOfServers(with(",\"retry\":1000}", "}"))).hasSize(1);
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
