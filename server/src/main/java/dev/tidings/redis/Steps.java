package dev.tidings.redis;

import static dev.tidings.redis.Text.ascii;
import static dev.tidings.redis.Text.utf8;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tidings.engine.Batch;
import dev.tidings.engine.Batch.Step;
import dev.tidings.engine.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A batch as the script that keeps it takes it: steps, each a letter and what belongs to it.
final class Steps {
  private final Batch batch;
  private final Store store;
  private final List<byte[]> all;
  private long window = -1;

  /// @param store where ranges are looked up that are deleted row by row
  Steps(Batch batch, Store store) {
    this.batch = batch;
    this.store = store;
    this.all = new ArrayList<>(4 * batch.steps().size());
  }

  List<byte[]> encoded() {
    for (Step step : batch.steps()) {
      switch (step) {
        case Step.Put(byte[] key, byte[] value) -> {
          if (key[0] == Store.MARKS && Place.window(key) != window) {
            window = Place.window(key);
            add("w", ascii(window));
          }
          put(key, value);
        }
        case Step.Delete(byte[] key) -> delete(key);
        case Step.DeleteRange(byte[] from, byte[] to) -> deleteRange(step, from, to);
      }
    }
    return all;
  }

  private void put(byte[] key, byte[] value) {
    char letter = (char) key[0];
    if (letter == Place.ENTRIES) {
      add("l", ascii(Place.number(key, 1)), ascii(Place.lastNumber(key)), value);
    } else {
      Place place = Place.of(key);
      String how = Place.isOrdered(letter) ? "P" : "p";
      add(how, utf8(place.space()), place.field(), value);
    }
  }

  private void delete(byte[] key) {
    char letter = (char) key[0];
    if (letter == Place.ENTRIES) {
      add("L", ascii(Place.number(key, 1)), ascii(Place.lastNumber(key)));
    } else {
      Place place = Place.of(key);
      add(Place.isOrdered(letter) ? "D" : "d", utf8(place.space()), place.field());
    }
  }

  /// Of marks whole windows, of other rows a whole space or the end of one.
  private void deleteRange(Step range, byte[] from, byte[] to) {
    char letter = (char) from[0];
    if (letter == (char) Store.MARKS) {
      add("W", ascii(Place.window(to)));
      return;
    }
    Place place = Place.of(from);
    boolean whole = place.field().length == 0 || isZero(place.field());
    if (whole && letter != Place.METAS) {
      add("x", utf8(place.space()));
      return;
    }
    try (Store.Scan scan = store.ascending(from, to)) {
      while (scan.next()) {
        delete(scan.key());
      }
    }
    for (Step step : batch.steps()) {
      if (step.equals(range)) {
        break;
      }
      if (step instanceof Step.Put(byte[] key, byte[] _) && Place.isBetween(key, from, to)) {
        delete(key);
      }
    }
  }

  private void add(String step, byte[]... taken) {
    all.add(step.getBytes(US_ASCII));
    all.addAll(Arrays.asList(taken));
  }

  private static boolean isZero(byte[] field) {
    for (byte each : field) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }
}
