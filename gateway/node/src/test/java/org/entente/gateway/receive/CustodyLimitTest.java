package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.CUSTODY_BYTES;
import static org.entente.gateway.receive.RecipientNode.FAR;
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
import java.util.function.Supplier;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.CustodyBytes;
import org.entente.gateway.ledger.table.EnvelopeTable;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.v1.Kind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transit holds of one origin is bounded, by size and by time. */
class CustodyLimitTest {
  private static final CustodyBytes.Account ACCOUNT =
      new CustodyBytes.Account(ORIGIN.value(), ORIGIN.value(), LANE);

  @AutoClose private final RecipientNode node;

  CustodyLimitTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
  }

  private Delivery mail(AgencyName recipient) {
    return mail(LANE, recipient);
  }

  private Delivery mail(Lane lane, AgencyName recipient) {
    Permitted message =
        node.message(lane, Kind.KIND_ALERT, RecipientNode.text("two containers"), label -> {});
    return node.kit.seal(message).get(0).toBuilder()
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
    return fill(peer, () -> via(mail(SG), path));
  }

  private int fill(AgencyName peer, Supplier<Delivery> mail) {
    for (int taken = 0; taken < 1_000; taken++) {
      Receipt receipt = from(peer, mail.get());
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
    long held = node.ledger.custody().held(ACCOUNT);
    assertTrue(Math.abs(held - CUSTODY_BYTES / 2) < 10_000, "a recipient has half: " + held);
    assertEquals(taken, node.ledger.hops().depth(SG, LANE));

    assertEquals(Result.RESULT_COMMITTED, from(HUB, via(mail(SG), ORIGIN, HUB)).getResult());

    CustodyBytes counted = new CustodyBytes(CUSTODY_BYTES);
    new EnvelopeTable(node.store, counted, new UnreadableRecords());
    HopQueueTable hops = new HopQueueTable(node.store, new UnreadableRecords(), counted);
    assertEquals(taken + 1, hops.depth(SG, LANE));
    assertEquals(held, counted.held(ACCOUNT), "the same after a start");

    node.ledger.commit(
        LANE,
        tx -> {
          HopEntry entry = Objects.requireNonNull(node.ledger.hops().remove(tx, SG, LANE, 1));
          node.ledger.envelopes().release(tx, entry.getHeaderHash().toByteArray());
          return entry;
        });
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, mail(SG)).getResult());
  }

  /** A member that is away, or all mail to it, must not cut an agency off from the others. */
  @Test
  void mailForAnAgencyThatIsAway_leavesRoomToOthers_andForFlash() {
    fill(ORIGIN, ORIGIN);
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, mail(FAR)).getResult());
    Receipt flash = node.kit.handOver(ORIGIN, Lane.FLASH, List.of(mail(Lane.FLASH, SG))).get(0);
    assertEquals(Result.RESULT_COMMITTED, flash.getResult());
  }

  /** Its origin repeats each message until the recipient signs for it. */
  @Test
  void repetitionsOfWhatWaits_takeTheRoomOfTheirRecipientOnly() {
    Delivery waits = mail(SG);
    int taken = fill(ORIGIN, () -> waits);
    assertTrue(taken > 3, "" + taken);
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, mail(FAR)).getResult());
  }

  @Test
  void mailOfAnEnvelopeHeldAlready_isCountedByItsStanzas() {
    Delivery delivery = mail(SG);
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, delivery).getResult());
    long once = node.ledger.custody().held(ACCOUNT);
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, delivery).getResult());
    long twice = node.ledger.custody().held(ACCOUNT);
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
