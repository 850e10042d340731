package dev.tidings.base;

import java.util.random.RandomGenerator;

/// Makes short random names: epochs, connection names, development keys.
///
/// Takes its randomness as a parameter, so a simulation with the same seed makes the same names.
/// Not safe for secrets unless built on a secure generator.
public final class Ids {
  private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

  private final RandomGenerator random;

  public Ids(RandomGenerator random) {
    this.random = random;
  }

  /// A name of `length` lower-case letters and digits (36 values each).
  public String name(int length) {
    StringBuilder name = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return name.toString();
  }
}
