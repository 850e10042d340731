package dev.tidings.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.DoubleStream;

/// All outcomes, and what can be said of them together. A figure of a server in a trial is the
/// median over rounds of the mean within a round: only the floors are measured twice in one.
record Outcomes(List<Outcome> all) {
  Outcomes {
    all = List.copyOf(all);
  }

  List<Outcome> of(String trial) {
    return all.stream().filter(each -> each.trial().equals(trial)).toList();
  }

  List<Outcome> of(String trial, String server) {
    return of(trial).stream().filter(each -> each.server().equals(server)).toList();
  }

  /// In the order in which they were measured first.
  Set<String> servers(String trial) {
    Set<String> servers = new LinkedHashSet<>();
    of(trial).forEach(each -> servers.add(each.server()));
    return servers;
  }

  private Set<Integer> rounds(String trial) {
    Set<Integer> rounds = new LinkedHashSet<>();
    of(trial).forEach(each -> rounds.add(each.round()));
    return rounds;
  }

  private OptionalDouble inRound(String trial, String server, String path, int round) {
    return of(trial, server).stream()
        .filter(each -> each.round() == round)
        .map(each -> each.number(path))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .average();
  }

  OptionalDouble figure(String trial, String server, String path) {
    return median(
        rounds(trial).stream()
            .map(round -> inRound(trial, server, path, round))
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble));
  }

  /// The figure of `server` as a multiple of that of `other`: the median of the ratios of each
  /// round.
  OptionalDouble ratio(String trial, String server, String other, String path) {
    return median(
        rounds(trial).stream()
            .map(round ->
                divide(inRound(trial, server, path, round), inRound(trial, other, path, round)))
            .filter(OptionalDouble::isPresent)
            .mapToDouble(OptionalDouble::getAsDouble));
  }

  /// @return empty if one of them is not known
  static OptionalDouble divide(OptionalDouble one, OptionalDouble other) {
    return one.isPresent() && other.isPresent() && other.getAsDouble() != 0
        ? OptionalDouble.of(one.getAsDouble() / other.getAsDouble())
        : OptionalDouble.empty();
  }

  /// How far apart the measurements of one server in one trial were: the largest by the smallest.
  OptionalDouble spread(String trial, String server, String path) {
    List<Double> values = new ArrayList<>();
    for (Outcome each : of(trial, server)) {
      each.number(path).ifPresent(values::add);
    }
    if (values.size() < 2) {
      return OptionalDouble.empty();
    }
    double most = values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    double least = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    return least > 0 ? OptionalDouble.of(most / least) : OptionalDouble.empty();
  }

  private static OptionalDouble median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2);
  }
}
