package dev.tidings.redis;

import dev.tidings.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the README says about Redis, for tests that take it at its word.
final class Documented {
  private static final Pattern ACCESS = Pattern.compile("ACL SETUSER tidings on >secret (.+)");

  private Documented() {}

  /// What a user of Redis must be allowed.
  static String accessRules() {
    try {
      String readme = Files.readString(Checkout.root().resolve("README.md"));
      Matcher rules = ACCESS.matcher(readme);
      if (!rules.find()) {
        throw new IllegalStateException("the README does not say what a user needs");
      }
      return rules.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
