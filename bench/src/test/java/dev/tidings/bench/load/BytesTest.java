package dev.tidings.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void eightAtATimeFindsWhatOneAtATimeFinds() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) random.nextInt(8, 13); // around the line feed, also one less and one more
      }
      int from = random.nextInt(bytes.length + 1);
      int to = random.nextInt(from, bytes.length + 1);
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int slowly = from;
      while (slowly < to && bytes[slowly] != '\n') {
        slowly++;
      }
      assertThat(Bytes.indexOf(in, from, to, (byte) '\n')).isEqualTo(slowly < to ? slowly : -1);
    }
  }

  @Test
  void textIsFoundWithinItsBoundsOnly() {
    ByteBuffer in = ByteBuffer.wrap(Bytes.ascii("abcabcabd"));
    assertThat(Bytes.indexOf(in, 0, 9, Bytes.ascii("abd"))).isEqualTo(6);
    assertThat(Bytes.indexOf(in, 0, 8, Bytes.ascii("abd"))).isEqualTo(-1);
    assertThat(Bytes.indexOf(in, 1, 9, Bytes.ascii("abc"))).isEqualTo(3);
    assertThat(Bytes.endsWith(in, 0, 6, Bytes.ascii("bc"))).isTrue();
    assertThat(Bytes.endsWith(in, 5, 6, Bytes.ascii("bc"))).isFalse();
  }
}
