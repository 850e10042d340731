package dev.tidings.bench;

import dev.tidings.protocol.CommandDecoder;
import dev.tidings.protocol.Decoded;
import dev.tidings.protocol.JsonScanner;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What it costs to understand one `send` of 235 bytes.
///
/// [#jackson()] does what [#decode()] must do, as far as streaming allows: validate the whole unit,
/// make strings of the fields that route it, find where `data` begins and ends without looking into
/// it. What it does not do is checking those fields and making a command of them.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecodeBenchmark {
  private static final int BYTES = 235;

  private final byte[] unit = unit();
  private final JsonScanner scanner = new JsonScanner(CommandDecoder.DEPTH_MAX);
  private final CommandDecoder decoder = new CommandDecoder();
  private final JsonFactory factory = new JsonFactory();

  private static byte[] unit() {
    String head =
        "{\"op\":\"send\",\"id\":4711,\"to\":\"u:barbara\",\"cid\":\"Zk3uR0aYw1nX7cQ9tB5vJg\","
            + "\"data\":{\"kind\":\"text\",\"lang\":\"en\",\"reply\":17,\"text\":\"";
    String tail = "\"}}";
    String text = "The quick brown fox jumps over the lazy dog. ".repeat(4);
    return (head + text.substring(0, BYTES - head.length() - tail.length()) + tail)
        .getBytes(StandardCharsets.UTF_8);
  }

  /// The pass over the bytes alone.
  @Benchmark
  public int scan() {
    scanner.start(unit, 0, unit.length);
    int fields = 0;
    while (scanner.nextField()) {
      fields += scanner.valueTo() - scanner.valueFrom();
    }
    if (!scanner.isWhole()) {
      throw new IllegalStateException(scanner.fault());
    }
    return fields;
  }

  /// From bytes to a command.
  @Benchmark
  public Decoded decode() {
    Decoded decoded = decoder.decode(unit, 0, unit.length);
    if (!(decoded instanceof Decoded.Request)) {
      throw new IllegalStateException("refused: " + decoded);
    }
    return decoded;
  }

  /// The same with Jackson's streaming parser.
  @Benchmark
  public Routed jackson() {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), unit)) {
      String op = "";
      String to = "";
      String cid = "";
      long id = 0;
      long from = 0;
      long end = 0;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "op" -> op = parser.getString();
          case "to" -> to = parser.getString();
          case "cid" -> cid = parser.getString();
          case "id" -> id = parser.getLongValue();
          case "data" -> {
            from = parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            end = parser.currentLocation().getByteOffset();
          }
          default -> parser.skipChildren();
        }
      }
      return new Routed(op, to, cid, id, from, end);
    }
  }

  /// What routes a `send`, and where its payload stands.
  public record Routed(String op, String to, String cid, long id, long dataFrom, long dataTo) {}
}
