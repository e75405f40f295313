package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.CUSTODY_BYTES;
import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.via;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.CustodyBytes;
import org.entente.gateway.ledger.table.EnvelopeTable;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.HopEntry;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transit holds of one origin is bounded, by size and by time. */
class CustodyLimitTest {
  @AutoClose private final RecipientNode node;

  CustodyLimitTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
  }

  private Delivery mail(AgencyName recipient) {
    return node.kit.seal(node.alert("two containers")).get(0).toBuilder()
        .clearStanzas()
        .addStanzas(
            Stanza.newBuilder()
                .setRecipient(recipient.value())
                .setStanza(ByteString.copyFrom(new byte[2_000])))
        .build();
  }

  private Receipt from(AgencyName peer, Delivery delivery) {
    return node.kit.handOver(peer, LANE, List.of(delivery)).get(0);
  }

  /** Sends until the transit refuses; returns how much it took. */
  private int fill(AgencyName peer, AgencyName... path) {
    for (int taken = 0; taken < 1_000; taken++) {
      Receipt receipt = from(peer, via(mail(SG), path));
      if (receipt.getResult() == Result.RESULT_REFUSED) {
        assertEquals("LIMIT_REACHED", receipt.getCode());
        return taken;
      }
    }
    throw new AssertionError("it takes all");
  }

  @Test
  void mailOfAnOriginBeyondItsShare_isRefused_untilSomeIsDelivered_andOthersGoOn() {
    int taken = fill(ORIGIN, ORIGIN);
    assertTrue(taken > 3, "" + taken);
    long held = node.ledger.custody().held(ORIGIN, ORIGIN);
    assertTrue(held <= CUSTODY_BYTES && held > CUSTODY_BYTES - 10_000, "" + held);
    assertEquals(taken, node.ledger.hops().depth(SG, LANE));

    assertEquals(Result.RESULT_COMMITTED, from(HUB, via(mail(SG), ORIGIN, HUB)).getResult());

    CustodyBytes counted = new CustodyBytes(CUSTODY_BYTES);
    new EnvelopeTable(node.store, counted);
    HopQueueTable hops = new HopQueueTable(node.store, new UnreadableRecords(), counted);
    assertEquals(taken + 1, hops.depth(SG, LANE));
    assertEquals(held, counted.held(ORIGIN, ORIGIN), "the same after a start");

    node.ledger.commit(
        LANE,
        tx -> {
          HopEntry entry = Objects.requireNonNull(node.ledger.hops().remove(tx, SG, LANE, 1));
          node.ledger.envelopes().release(tx, entry.getHeaderHash().toByteArray());
          return entry;
        });
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, mail(SG)).getResult());
  }

  @Test
  void mailOfAnEnvelopeHeldAlready_isCountedByItsStanzas() {
    Delivery delivery = mail(SG);
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, delivery).getResult());
    long once = node.ledger.custody().held(ORIGIN, ORIGIN);
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, delivery).getResult());
    long twice = node.ledger.custody().held(ORIGIN, ORIGIN);
    assertTrue(twice > once + 2_000 && twice < 2 * once, once + ", then " + twice);
  }

  @Test
  void expiredMail_isNotTakenIntoCustody() {
    Delivery late = mail(SG);
    node.clock.move(Duration.ofDays(400));
    Receipt receipt = from(ORIGIN, late);
    assertEquals(Result.RESULT_REFUSED, receipt.getResult());
    assertEquals("EXPIRED", receipt.getCode());
    assertEquals(0, node.ledger.hops().depth(SG, LANE));
    assertNull(node.ledger.envelopes().read(RecipientNode.header(late).hash()));
    assertTrue(node.ledger.custody().isEmpty());
  }
}
