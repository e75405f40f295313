package org.entente.gateway.transmit;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.testkit.InstanceCount;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.link.v1.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * How often the ledger of a sender calls its store for an envelope to one direct neighbour. More
 * calls are a defect, as each costs some 3 µs; fewer are welcome.
 */
class StoreCallsTest {
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final MemoryStore store = new MemoryStore(disk);
  private final SenderNode node = new SenderNode(disk, store);

  @AfterEach
  void close() {
    node.close();
  }

  /** Nothing is deleted that is not there, and no iterator is opened. */
  @Test
  void envelope_fromItsCommitToItsRelease() {
    node.send(DE);
    LedgerHopQueue queue =
        new LedgerHopQueue(
            node.ledger,
            node.settlement,
            node.transmission,
            DE,
            SenderNode.LANE,
            MessageTracer.OFF);
    // Once since the start it looks for earlier mail that waits.
    assertEquals(1, queue.read(1, 1, 1 << 20).size());
    store.calls();
    node.send(DE);
    assertEquals(
        Map.of(
            "get META", 2,
            "get META absent", 2,
            "put ENVELOPE", 1,
            "put HOP_OUT", 1,
            "put META", 2,
            "put OUTBOX", 1),
        store.calls());

    QueuedEnvelope next = queue.read(2, 8, 1 << 20).get(0);
    assertEquals(2, next.sequence());
    assertEquals(Map.of("get OUTBOX", 1), store.calls(), "the envelope is still in memory");

    node.answer(DE, Result.RESULT_COMMITTED, "");
    store.calls();
    node.answer(DE, Result.RESULT_COMMITTED, "");
    assertEquals(
        Map.of(
            "scan HOP_OUT", 1, // the kit's own, for the number
            "get HOP_OUT", 1,
            "delete HOP_OUT", 1,
            "get OUTBOX", 1,
            "put OUTBOX", 1),
        store.calls());

    node.holds(DE, 1);
    store.calls();
    node.holds(DE, 2);
    assertEquals(
        Map.of(
            "get OUTBOX", 3,
            "delete OUTBOX", 1,
            "get META", 1,
            "put META", 1, // the bytes that wait
            "get ENVELOPE absent", 1,
            "delete ENVELOPE", 1),
        store.calls());
  }

  @Test
  void header_ofAnEnvelope_isParsedOnceToTransmitIt() {
    node.send(DE);
    LedgerHopQueue queue =
        new LedgerHopQueue(
            node.ledger,
            node.settlement,
            node.transmission,
            DE,
            SenderNode.LANE,
            MessageTracer.OFF);
    List<QueuedEnvelope> read = new ArrayList<>();
    InstanceCount count = InstanceCount.of(() -> read.addAll(queue.read(1, 8, 1 << 20)));
    assertFalse(read.isEmpty());
    assertEquals(1, count.made(EnvelopeHeader.class));
  }

  /** Upkeep looks at each member's lanes twice a second. */
  @Test
  void outbox_ofARecipientThatWasNeverSentAnything_isNotRead() {
    node.send(DE);
    store.calls();
    for (Lane lane : Lane.all()) {
      assertEquals(List.of(), node.ledger.outbox().page(SG, lane, null, 8));
    }
    assertEquals(Map.of(), store.calls());
    assertEquals(1, node.ledger.outbox().page(DE, SenderNode.LANE, null, 8).size());
  }
}
