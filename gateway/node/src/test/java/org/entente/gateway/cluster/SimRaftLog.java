package org.entente.gateway.cluster;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The log of a simulated node: what was appended since the last sync is lost in a power cut. */
final class SimRaftLog {
  /** An entry; without data, the first one of a term. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(long term, byte @Nullable [] data) {}

  private final List<Entry> entries = new ArrayList<>();
  private long first;
  private long termBeforeFirst;
  private long synced = -1;

  /** The index of the first entry that was not purged. */
  long first() {
    return first;
  }

  /** The index of the last entry; -1 before the first. */
  long last() {
    return first + entries.size() - 1;
  }

  /** The last entry that is on disk. */
  long synced() {
    return synced;
  }

  Entry get(long index) {
    return entries.get((int) (index - first));
  }

  /** The term of an entry, or of the last one that was purged; 0 before the first. */
  long termAt(long index) {
    return index < first ? termBeforeFirst : get(index).term();
  }

  long lastTerm() {
    return termAt(last());
  }

  /** Up to so many entries from an index on. */
  List<Entry> from(long index, int most) {
    int at = (int) (index - first);
    return List.copyOf(entries.subList(at, Math.min(entries.size(), at + most)));
  }

  /** Whether an entry is here with its term. What was purged was committed, so it is the same. */
  boolean has(long index, long term) {
    return index < first - 1 || (index <= last() && termAt(index) == term);
  }

  void append(Entry entry) {
    entries.add(entry);
  }

  /** Removes an entry and those after it, which no majority has. */
  void truncate(long index) {
    entries.subList((int) (index - first), entries.size()).clear();
    synced = Math.min(synced, index - 1);
  }

  void sync(long upTo) {
    synced = Math.max(synced, Math.min(upTo, last()));
  }

  /** What is left after a power cut. */
  void cutPower() {
    entries.subList((int) (synced + 1 - first), entries.size()).clear();
  }

  /** Lets the entries up to an index go, as after a flush of the copy. */
  void purge(long upTo) {
    if (upTo >= first) {
      termBeforeFirst = termAt(upTo);
      entries.subList(0, (int) (upTo + 1 - first)).clear();
      first = upTo + 1;
    }
  }

  /** Goes on after a copy that was received. */
  void goOnAfter(long index, long term) {
    if (index >= first - 1 && index <= last() && termAt(index) == term) {
      purge(index);
      return;
    }
    entries.clear();
    first = index + 1;
    termBeforeFirst = term;
    synced = index;
  }
}
