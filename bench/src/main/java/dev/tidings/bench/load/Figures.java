package dev.tidings.bench.load;

import dev.tidings.bench.process.ProcessorTime;
import org.HdrHistogram.Histogram;

/// What a measured stretch of a run gave of one flow.
///
/// @param before counts at its beginning
/// @param after counts at its end, before what was under way had arrived
/// @param end counts when everything had arrived or was given up: what is lost shows here
/// @param span its length, and who used the processors meanwhile
/// @param busyPercent share of the time in which the generator had something to do
/// @param delivery due to delivered, nanoseconds, of messages that were due in this stretch
/// @param confirmation due to confirmed, the same
/// @param residentKib memory of the server at its end; 0 if not known
record Figures(
    Pace pace,
    Counts before,
    Counts after,
    Counts end,
    ProcessorTime.Span span,
    double busyPercent,
    Histogram delivery,
    Histogram confirmation,
    long residentKib,
    Samples samples) {
  double deliveriesPerSecond() {
    return (after.delivered() - before.delivered()) / span.seconds();
  }

  double sendsPerSecond() {
    return (after.sends() - before.sends()) / span.seconds();
  }

  double confirmedPerSecond() {
    return (after.confirmed() - before.confirmed()) / span.seconds();
  }

  /// Of the server; 0 if nothing was delivered.
  double processorMicrosPerDelivery() {
    long deliveries = after.delivered() - before.delivered();
    return deliveries == 0 ? 0 : span.server().toNanos() / 1e3 / deliveries;
  }

  /// Of the server; 0 if nothing was sent.
  double processorMicrosPerSend() {
    long sends = after.sends() - before.sends();
    return sends == 0 ? 0 : span.server().toNanos() / 1e3 / sends;
  }
}
