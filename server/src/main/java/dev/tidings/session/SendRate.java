package dev.tidings.session;

/// How fast one connection may send: a bucket of permits that fills steadily. Two longs, for it is
/// there once per connection. Also remembers a temporary refusal, so that what was in flight behind
/// a refused send cannot overtake it.
public final class SendRate {
  /// Sends per second in the long run and at once; 0 per second: no limit.
  public record Limit(int perSecond, int burst) {
    public static final Limit NONE = new Limit(0, 0);
  }

  private long fullAtMicros;
  private long refusedUntilMillis;

  /// 0 if one more send may pass now, else the milliseconds to wait.
  public long take(Limit limit, long nowMillis) {
    if (limit.perSecond() == 0) {
      return 0;
    }
    long costMicros = 1_000_000L / limit.perSecond();
    long capacityMicros = costMicros * limit.burst();
    long now = nowMillis * 1_000;
    long full = Math.max(fullAtMicros, now) + costMicros;
    if (full - now > capacityMicros) {
      return Math.max(1, (full - now - capacityMicros) / 1_000);
    }
    fullAtMicros = full;
    return 0;
  }

  /// A send was refused for now: every further one is, until `retryMillis` are over.
  public void refuseFor(long retryMillis, long nowMillis) {
    refusedUntilMillis = Math.max(refusedUntilMillis, nowMillis + retryMillis);
  }

  /// Milliseconds for which sends are still refused, 0 if they are not.
  public long refusedFor(long nowMillis) {
    return Math.max(0, refusedUntilMillis - nowMillis);
  }
}
