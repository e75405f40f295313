package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class RecentValuesTest {
  private static final byte[] A = {1};
  private static final byte[] B = {2};
  private static final byte[] C = {3};

  private final RecentValues recent = new RecentValues(2, 5_000);

  private void commit(Batch batch) {
    recent.forget(batch);
    recent.remember(batch);
  }

  @Test
  void committedValue_isHeld_untilItChanges() {
    byte[] value = {7};
    commit(new Batch().put(Table.META, A, value));
    value[0] = 8;
    byte[] read = recent.get(Table.META, A);
    assertNotNull(read);
    assertArrayEquals(new byte[] {7}, read);
    read[0] = 9;
    assertArrayEquals(new byte[] {7}, recent.get(Table.META, A), "arrays are copied");
    assertNull(recent.get(Table.CURSOR, A), "of another table");
    commit(new Batch().put(Table.META, A, B).delete(Table.META, A).put(Table.META, A, C));
    assertArrayEquals(C, recent.get(Table.META, A));
    commit(new Batch().delete(Table.META, A));
    assertNull(recent.get(Table.META, A));
  }

  /** While a commit is written, only the store knows what a reader sees. */
  @Test
  void valueThatIsBeingWritten_isNotHeld() {
    commit(new Batch().put(Table.META, A, A).put(Table.META, B, B));
    recent.forget(new Batch().put(Table.META, A, C).delete(Table.META, B));
    assertNull(recent.get(Table.META, A));
    assertNull(recent.get(Table.META, B));
    commit(new Batch().put(Table.META, A, A).put(Table.META, B, B));
    recent.forget(new Batch().deleteRange(Table.META, A, B));
    assertNull(recent.get(Table.META, A));
  }

  @Test
  void range_endsWhatIsHeld_andWhatFollowsItStays() {
    commit(new Batch().put(Table.META, A, A).put(Table.META, C, C));
    commit(new Batch().put(Table.META, B, B).deleteRange(Table.META, A, C).put(Table.META, A, B));
    assertNull(recent.get(Table.META, B));
    assertArrayEquals(B, recent.get(Table.META, A));
    commit(new Batch().deleteRange(Table.INBOX, A, C));
    assertNotNull(recent.get(Table.META, A), "another table's range");
  }

  @Test
  void bounds_evictWhatWasWrittenLongestAgo() {
    commit(new Batch().put(Table.META, A, A));
    commit(new Batch().put(Table.META, B, B));
    commit(new Batch().put(Table.META, A, A));
    commit(new Batch().put(Table.META, C, C));
    assertNull(recent.get(Table.META, B));
    assertNotNull(recent.get(Table.META, A));
    commit(new Batch().put(Table.META, B, new byte[RecentValues.LONGEST]));
    assertNotNull(recent.get(Table.META, B));
    commit(new Batch().put(Table.META, C, new byte[1_000]));
    assertNull(recent.get(Table.META, B), "by bytes");
    commit(new Batch().put(Table.META, C, new byte[RecentValues.LONGEST + 1]));
    assertNull(recent.get(Table.META, C), "too long, and its earlier value is not left");
    commit(new Batch().put(Table.INBOX, C, C));
    assertNull(recent.get(Table.INBOX, C), "not read soon");
  }
}
