package org.entente.gateway.ledger.table;

import java.util.Arrays;

/**
 * The places of recent keys, in two arrays: an object for each would outlive every young
 * collection. A key may have several places. Used under the lock of its owner.
 */
final class RecentIdempotencyKeys {
  private static final int LEAST = 1_024;

  /** It grows when 5 of 8 slots are taken: a run and the record that fills it fit before. */
  private static final int FULL = 5;

  private static final int PARTS = 8;

  private static final long[] NONE = {};

  /** Keys, and their places in the same slots; a free slot has place 0. */
  private long[] keys = new long[LEAST];

  private long[] places = new long[LEAST];
  private int size;

  /** Adds a key, the hash of something, at a place above 0. */
  void add(long key, long place) {
    if (PARTS * (long) size >= FULL * (long) keys.length) {
      grow();
    }
    int slot = (int) key & (keys.length - 1);
    while (places[slot] != 0) {
      slot = (slot + 1) & (keys.length - 1);
    }
    keys[slot] = key;
    places[slot] = place;
    size++;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldPlaces = places;
    keys = new long[2 * oldKeys.length];
    places = new long[keys.length];
    size = 0;
    for (int slot = 0; slot < oldKeys.length; slot++) {
      if (oldPlaces[slot] != 0) {
        add(oldKeys[slot], oldPlaces[slot]);
      }
    }
  }

  /** The places of a key, in rising order. */
  long[] of(long key) {
    long[] found = NONE;
    int slot = (int) key & (keys.length - 1);
    while (places[slot] != 0) {
      if (keys[slot] == key) {
        found = Arrays.copyOf(found, found.length + 1);
        found[found.length - 1] = places[slot];
      }
      slot = (slot + 1) & (keys.length - 1);
    }
    Arrays.sort(found);
    return found;
  }

  int size() {
    return size;
  }

  /** Visits each key with its place, in any order. */
  void each(KeyVisitor visitor) {
    for (int slot = 0; slot < keys.length; slot++) {
      if (places[slot] != 0) {
        visitor.visit(keys[slot], places[slot]);
      }
    }
  }

  /** Reads a key and its place. */
  @FunctionalInterface
  interface KeyVisitor {
    void visit(long key, long place);
  }
}
