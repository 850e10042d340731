package dev.tidings.client.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Written by the callback thread of one client, read by the next one's start, hence synchronized.
final class MemoryPositions implements Positions {
  private final Map<String, Position> positions = new HashMap<>();
  private Optional<String> cursor = Optional.empty();

  @Override
  public synchronized Optional<String> cursor() {
    return cursor;
  }

  @Override
  public synchronized Map<String, Position> all() {
    return Map.copyOf(positions);
  }

  @Override
  public synchronized void reached(String in, Position position) {
    positions.put(in, position);
  }

  @Override
  public synchronized void forgotten(String in) {
    positions.remove(in);
  }

  @Override
  public synchronized void covered(String newest) {
    cursor = Optional.of(newest);
  }
}
