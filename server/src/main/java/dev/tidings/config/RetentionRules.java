package dev.tidings.config;

import dev.tidings.base.Patterns;
import dev.tidings.engine.Retention;
import dev.tidings.engine.Retention.Keep;
import dev.tidings.engine.Retention.Rule;
import dev.tidings.protocol.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The texts of `--retention`: `g:*=90d`, `t:news.*=1000+30d`, `u:*=10MB`, `g:archive=all`.
final class RetentionRules {
  /// Less would not hold the largest entry.
  static final long BYTES_MIN = 64 * 1024;

  private static final Pattern BOUND = Pattern.compile("(\\d{1,12})(|s|m|h|d|KB|MB|GB)");

  private RetentionRules() {}

  /// @throws ServerSettings.Refused naming the rule and what is wrong with it
  static Retention parse(List<String> rules) {
    List<Rule> parsed = new ArrayList<>();
    for (String rule : rules) {
      int equals = rule.indexOf('=');
      if (equals < 0) {
        throw refused(rule, "a rule is written pattern=bounds, such as g:*=90d");
      }
      parsed.add(new Rule(pattern(rule, rule.substring(0, equals)), keep(rule, equals + 1)));
    }
    return new Retention(parsed);
  }

  private static String pattern(String rule, String pattern) {
    boolean open = Patterns.isOpen(pattern);
    String beginning = Patterns.beginning(pattern);
    boolean fits =
        switch (beginning.isEmpty() ? ' ' : beginning.charAt(0)) {
          case ' ' -> open;
          case 'u' -> pattern.equals("u:*"); // one would have to know whose
          case 'g', 'a', 't' ->
              beginning.length() > 2
                  ? Address.parse(beginning).isPresent()
                  : open && beginning.endsWith(":");
          default -> false;
        };
    if (!fits) {
      throw refused(rule, "the pattern must be *, u:*, or one of g:, a:, t: with an optional *");
    }
    return pattern;
  }

  private static Keep keep(String rule, int from) {
    if (rule.substring(from).equals("all")) {
      return Keep.ALL;
    }
    long entries = Keep.UNBOUNDED;
    long millis = Keep.UNBOUNDED;
    long bytes = Keep.UNBOUNDED;
    for (String bound : rule.substring(from).split("\\+", -1)) {
      Matcher parts = BOUND.matcher(bound);
      if (!parts.matches()) {
        throw refused(rule, "a bound is a number of entries, a time (s, m, h, d) or KB, MB, GB");
      }
      long number = Long.parseLong(parts.group(1));
      if (number == 0) {
        throw refused(rule, "nothing would be kept");
      }
      String unit = parts.group(2);
      switch (unit) {
        case "" -> entries = Math.min(entries, number);
        case "KB", "MB", "GB" -> bytes = Math.min(bytes, number * bytesIn(unit));
        default -> millis = Math.min(millis, number * millisIn(unit));
      }
    }
    if (bytes < BYTES_MIN) {
      throw refused(
          rule, "at least " + BYTES_MIN / 1024 + "KB, or the largest entry would not fit");
    }
    return new Keep(entries, millis, bytes);
  }

  private static long bytesIn(String unit) {
    return switch (unit) {
      case "KB" -> 1L << 10;
      case "MB" -> 1L << 20;
      default -> 1L << 30;
    };
  }

  private static long millisIn(String unit) {
    return switch (unit) {
      case "s" -> 1_000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      default -> 86_400_000;
    };
  }

  private static ServerSettings.Refused refused(String rule, String why) {
    return new ServerSettings.Refused("--retention " + rule + ": " + why);
  }
}
