package org.entente.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message's leaves are found, and an envelope's leaf needs few entries for that. */
class AuditIndexTest {
  private static final long SPAN = AuditFixture.NOW.toEpochMilli() & -16;

  @TempDir Path directory;

  private final MemoryStore store = new MemoryStore();
  private final Random random = new Random(1);
  private final BucketSealer sealer = new BucketSealer();
  private AuditLog log;
  private LogArchive archive;

  @BeforeEach
  void open() {
    log = AuditFixture.open(store, directory);
    archive = new LogArchive(store, directory, log.origin(), number -> sealer);
  }

  private List<MessageId> ids(int count, long first, long last) {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(MessageId.fresh(first + i * (last - first) / count, random));
    }
    return ids;
  }

  /** The ledger bounds its commits by what leaves need at most. */
  @Test
  void leaves_needNoMoreThanTheLedgerCounts() {
    AuditRecord bare =
        AuditRecord.ofNode(
            AuditType.OPERATOR_ACTION,
            AuditFixture.NOW,
            AuditActor.gateway(new AgencyName("fr.customs")),
            "x");
    assertFit(Collections.nCopies(1_000, bare));
  }

  private void assertFit(List<AuditRecord> records) {
    Batch batch = store.batch();
    AuditFixture.appender(log, sealer).append(batch, records);
    int most = records.stream().mapToInt(StoredLeaf::mostBytes).sum();
    assertTrue(batch.bytes() <= most, batch.bytes() + " of " + most);
    assertTrue(batch.bytes() > most / 3, "the bound is near: " + batch.bytes() + " of " + most);
  }

  private static AuditRecord record(List<MessageId> ids) {
    AgencyName by = new AgencyName("fr.customs");
    return AuditRecord.of(
        AuditType.RECEIVED,
        LawCategory.COLLECTION,
        AuditFixture.NOW,
        AuditActor.gateway(by),
        new AuditSubject(null, ids, List.of(by), null));
  }

  private void append(List<List<MessageId>> leaves) {
    Batch batch = store.batch();
    Appender appender = AuditFixture.appender(log, sealer);
    appender.append(batch, leaves.stream().map(AuditIndexTest::record).toList());
    store.commit(batch, Durability.SYNCED);
    appender.committed();
  }

  private int entries() {
    int entries = 0;
    try (Scan scan = store.scan(Table.AUDIT_INDEX, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        entries++;
      }
    }
    return entries;
  }

  private List<Long> about(MessageId id) {
    TreeSet<LogArchive.Place> places = new TreeSet<>(LogArchive.Place.ORDER);
    int unused = archive.about(id, new LogArchive.Place(0, 0), places::add);
    return places.stream().map(LogArchive.Place::index).toList();
  }

  @Test
  void leafOfAnEnvelope_hasOneEntryForEachSpan() {
    List<MessageId> near = ids(64, SPAN, SPAN + 16);
    List<MessageId> far = ids(64, SPAN + 16, SPAN + 48);
    append(List.of(near, far, List.of(near.get(5)), List.of(far.get(3), near.get(5))));

    assertEquals(1 + 2 + 1 + 2, entries());
    near.forEach(
        id -> assertEquals(id.equals(near.get(5)) ? List.of(0L, 2L, 3L) : List.of(0L), about(id)));
    far.forEach(
        id -> assertEquals(id.equals(far.get(3)) ? List.of(1L, 3L) : List.of(1L), about(id)));
    ids(100, SPAN - 16, SPAN + 64).forEach(id -> assertEquals(List.of(), about(id)));
  }

  /** A member chooses its ids, and with them what others search through. */
  @Test
  void span_hasFewEntriesOfSeveralMessages_andMoreMessagesAreFoundAlone() {
    List<List<MessageId>> leaves = new ArrayList<>();
    for (int i = 0; i < StoredLog.MOST_SHARED + 10; i++) {
      leaves.add(ids(3, SPAN, SPAN + 16));
    }
    append(leaves);

    assertEquals(StoredLog.MOST_SHARED + 10 * 3, entries());
    for (int i = 0; i < leaves.size(); i++) {
      long index = i;
      leaves.get(i).forEach(id -> assertEquals(List.of(index), about(id)));
    }
  }
}
