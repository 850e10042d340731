package dev.tidings.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How people write a span of time: `90s`, `15m`, `24h`, `7d`, or `0`.
public final class TimeSpan implements ITypeConverter<Duration> {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([smhd])|0");

  @Override
  public Duration convert(String text) {
    Matcher span = SPAN.matcher(text.strip());
    if (!span.matches()) {
      throw new TypeConversionException("'" + text + "' is no time such as 90s, 15m, 24h or 7d");
    }
    if (span.group(2) == null) {
      return Duration.ZERO;
    }
    long count = Long.parseLong(span.group(1));
    return switch (span.group(2).charAt(0)) {
      case 's' -> Duration.ofSeconds(count);
      case 'm' -> Duration.ofMinutes(count);
      case 'h' -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }
}
