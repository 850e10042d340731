package dev.tidings.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// An endless row of damaged and recombined seeds, the same for the same number: what a fuzzer
/// does, small enough for every build.
final class Mutations {
  private static final List<byte[]> PIECES =
      Stream.of(
              "{",
              "}",
              "[",
              "]",
              ",",
              ":",
              "\"",
              "\\",
              " ",
              "\t",
              "\n",
              "\r",
              "\f",
              "\u0000",
              "\u001f",
              "\u007f",
              "0",
              "-",
              "1",
              "9007199254740991",
              "9007199254740992",
              "-0",
              "01",
              ".",
              ".5",
              "e",
              "E+1",
              "1e400",
              "true",
              "false",
              "null",
              "nul",
              "NaN",
              "\"op\"",
              "\"id\":1",
              "\"data\":",
              "\"data\":{}",
              "\"a\":[]",
              "[[",
              "{\"a\":",
              "\\u",
              "\\u0000",
              "\\u00e9",
              "\\ud83d\\ude00",
              "\\ud800",
              "\\udc00",
              "\\n",
              "\\/",
              "\\x",
              "/*",
              "\u00ef\u00bb\u00bf",
              "\u00c3\u00a9",
              "\u00e2\u0082\u00ac",
              "\u00f0\u009f\u0098\u0080",
              "\u00c0\u0080",
              "\u00ed\u00a0\u0080",
              "\u00f4\u0090\u0080\u0080",
              "\u00ff",
              "\u0080",
              "\u00c3",
              "\u00e2\u0082")
          .map(piece -> piece.getBytes(ISO_8859_1))
          .toList();

  private final List<byte[]> seeds;
  private final RandomGenerator random;

  Mutations(List<byte[]> seeds, long number) {
    this.seeds = seeds;
    random = new SplittableRandom(number);
  }

  /// The files of the folder of seeds that Jazzer reads for `method` of `test`, in the order of
  /// their names.
  static List<byte[]> seeds(Class<?> test, String method) {
    URL folder = test.getResource(test.getSimpleName() + "Inputs/" + method);
    try (Stream<Path> files =
        Files.list(Path.of(Objects.requireNonNull(folder, "no seeds").toURI()))) {
      List<byte[]> seeds = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
      return seeds;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// One seed with one or two changes.
  byte[] next() {
    byte[] bytes = anySeed();
    for (int changes = random.nextInt(1, 3); changes > 0; changes--) {
      bytes = changed(bytes);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, at + random.nextInt(1, 9));
    return switch (random.nextInt(6)) {
      case 0 -> join(bytes, at, anyPiece(), at); // insert
      case 1 -> join(bytes, at, anyPiece(), to); // replace
      case 2 -> join(bytes, at, new byte[0], to); // delete
      case 3 -> join(bytes, to, Arrays.copyOfRange(bytes, at, to), to); // repeat
      case 4 -> join(bytes, at, new byte[] {(byte) random.nextInt(256)}, Math.min(to, at + 1));
      default -> crossed(bytes, anySeed());
    };
  }

  private byte[] crossed(byte[] head, byte[] tail) {
    int from = random.nextInt(tail.length + 1);
    return join(
        head,
        random.nextInt(head.length + 1),
        Arrays.copyOfRange(tail, from, tail.length),
        head.length);
  }

  private byte[] anySeed() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] anyPiece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  /// `bytes` with `middle` instead of what stands between `from` and `to`.
  private static byte[] join(byte[] bytes, int from, byte[] middle, int to) {
    byte[] joined = Arrays.copyOf(bytes, from + middle.length + bytes.length - to);
    System.arraycopy(middle, 0, joined, from, middle.length);
    System.arraycopy(bytes, to, joined, from + middle.length, bytes.length - to);
    return joined;
  }
}
