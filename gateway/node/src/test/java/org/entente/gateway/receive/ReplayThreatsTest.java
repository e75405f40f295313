package org.entente.gateway.receive;

import static org.entente.gateway.testkit.Agencies.HUB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.retention.BucketSweep;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was received once does not come into the ledger again, whoever hands it over. */
final class ReplayThreatsTest {
  private static final AgencyName OTHER = new AgencyName("x.relay");
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

  private final Ledger ledger = QuietLedger.over(new MemoryStore(), () -> NOW);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  ReplayThreatsTest(@TempDir Path folder) throws IOException {
    MemoryStorageKeys keys = new MemoryStorageKeys();
    long today = LocalDate.ofInstant(NOW, ZoneOffset.UTC).toEpochDay();
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), today);
    ledger.start();
    kit =
        new ReceiveKit(
            ledger, keys, keys, journal, (origin, label, body) -> Optional.empty(), () -> NOW);
  }

  private Permitted alert(MessageId id, String headline) {
    Body body =
        Body.newBuilder()
            .setAlert(
                Alert.newBuilder()
                    .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline)))
            .build();
    return PermittedFixture.alert(
        id, ReceiveKit.ORIGIN, Lane.ROUTINE, body, NOW, ReceiveKit.SELF.value());
  }

  private MessageId fresh() {
    return MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), new SecureRandom());
  }

  private Delivery sealed(MessageId id) {
    return kit.seal(alert(id, "as sent")).get(0);
  }

  private Receipt handOverVia(AgencyName transit, Delivery delivery) {
    Delivery passed =
        delivery.toBuilder()
            .clearPath()
            .addPath(ReceiveKit.ORIGIN.value())
            .addPath(transit.value())
            .build();
    return kit.handOver(transit, Lane.ROUTINE, List.of(passed)).get(0);
  }

  private List<InboxTable.PlacedRecord> inbox() {
    return ledger.inbox().read(Lane.ROUTINE, 1, 10_000);
  }

  @Test
  void replay_viaAnotherTransit_isADuplicate() {
    MessageId id = fresh();
    Delivery first = sealed(id);

    Receipt came = handOverVia(HUB, first);
    Receipt again = handOverVia(OTHER, first);
    Receipt direct = kit.handOver(first);

    assertEquals(Result.RESULT_COMMITTED, came.getResult(), came::toString);
    assertEquals(Result.RESULT_DUPLICATE, again.getResult(), again::toString);
    assertEquals(Result.RESULT_DUPLICATE, direct.getResult(), direct::toString);
    assertEquals(1, inbox().size());
  }

  /** A number is never forgotten, however long ago it was. */
  @Test
  void replay_afterManyOthers_isADuplicate() {
    Delivery first = sealed(fresh());
    kit.handOver(first);
    for (int i = 0; i < 2_000; i++) {
      kit.handOver(sealed(fresh()));
    }

    Receipt again = handOverVia(HUB, first);

    assertEquals(Result.RESULT_DUPLICATE, again.getResult(), again::toString);
    assertEquals(2_001, inbox().size());
    assertEquals(19, windows().all().get(0).encode().length, "and costs nothing to remember");
  }

  private OriginWindows windows() {
    return ledger.windows().read(ReceiveKit.ORIGIN, Lane.ROUTINE);
  }

  /** A transit cannot make an old number new by the epoch: the wrap is bound to both. */
  @Test
  void stanza_underAnotherNumberOrEpoch_isNotTaken() {
    MessageId id = fresh();
    Sealed sealed = kit.sealed(alert(id, "as sent"));
    Delivery sent =
        kit.addressAs(new OriginNumber(1, Lane.ROUTINE, 1), sealed.envelope(), sealed.contentKey());
    handOverVia(HUB, sent);

    for (int offset : new int[] {24, 32}) {
      byte[] stanza = sent.getStanzas(0).getStanza().toByteArray();
      stanza[offset]++;
      Delivery moved =
          sent.toBuilder()
              .setStanzas(
                  0,
                  sent.getStanzas(0).toBuilder()
                      .setStanza(com.google.protobuf.ByteString.copyFrom(stanza)))
              .build();
      Receipt answer = handOverVia(HUB, moved);
      assertEquals("CANNOT_OPEN", answer.getCode(), answer::toString);
    }
    assertEquals(1, inbox().size());
  }

  /**
   * The only transit to an origin keeps back what its recipient states, until the message has ended
   * there and its number is no longer in memory.
   */
  @Test
  void messageWhoseRetentionEnded_unconfirmed_isNotTakenAgain(@TempDir Path folder)
      throws IOException {
    try (RecipientNode node = new RecipientNode(folder)) {
      Permitted message =
          PermittedFixture.permitted(
              node.id(),
              ReceiveKit.ORIGIN,
              Lane.ROUTINE,
              Label.newBuilder().setKind(Kind.KIND_ALERT).build(),
              RecipientNode.text("kept for a day"),
              RecipientNode.START,
              Duration.ofDays(30),
              "test",
              1,
              ReceiveKit.SELF.value());
      Sealed sealed = node.kit.sealed(message);
      OriginNumber number = new OriginNumber(1, Lane.ROUTINE, 1);
      node.kit.handOver(node.kit.addressAs(number, sealed.envelope(), sealed.contentKey()));
      LocalDate lastDay = LocalDate.ofEpochDay(node.record(message.messageId()).getBucketDay());
      node.clock.move(Duration.ofDays(3));
      node.keys.destroy(lastDay);
      new BucketSweep(ReceiveKit.SELF, node.ledger, node.kit.evidence(), node.clock).round();
      assertFalse(node.isHere(message.messageId()));
      node.kit.renewKeys();
      Sealed later =
          node.kit.sealed(
              node.message(
                  Lane.ROUTINE,
                  Kind.KIND_ALERT,
                  RecipientNode.text("takes its place in memory"),
                  label -> {}));
      node.kit.handOver(
          node.kit.addressAs(
              new OriginNumber(1, Lane.ROUTINE, 1 + ReceivedHeaders.REMEMBERED),
              later.envelope(),
              later.contentKey()));
      ReceivedHeaders stated = node.kit.parts().opening().numbers();
      stated.take(ReceiveKit.ORIGIN);

      node.kit.handOver(node.kit.addressAs(number, sealed.envelope(), sealed.contentKey()));
      assertEquals(
          List.of(new NumberedHeader(number, sealed.envelope().header().hash())),
          stated.take(ReceiveKit.ORIGIN),
          "its origin keeps it no longer");
      OriginNumber next = new OriginNumber(1, Lane.ROUTINE, 2);
      Receipt moved =
          node.kit.handOver(node.kit.addressAs(next, sealed.envelope(), sealed.contentKey()));

      assertEquals(Result.RESULT_COMMITTED, moved.getResult(), moved::toString);
      assertFalse(node.isHere(message.messageId()));
      assertEquals(
          List.of(),
          node.kit.owed().stream()
              .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY)
              .toList(),
          "its origin was told that it was delivered");
      assertEquals(
          List.of("ERASED"),
          node.leaves(AuditType.REFUSED).stream().map(it -> it.outcome().code()).toList());
    }
  }

  /** An origin that gives a number twice, as one set back would: the first stands. */
  @Test
  void number_givenToAnotherContent_bringsNothing() {
    MessageId first = fresh();
    MessageId second = fresh();
    OriginNumber number = new OriginNumber(1, Lane.ROUTINE, 1);
    Sealed one = kit.sealed(alert(first, "the first"));
    Sealed other = kit.sealed(alert(second, "another"));
    kit.handOver(kit.addressAs(number, one.envelope(), one.contentKey()));

    Receipt answer = kit.handOver(kit.addressAs(number, other.envelope(), other.contentKey()));

    assertEquals(Result.RESULT_DUPLICATE, answer.getResult(), answer::toString);
    assertNotNull(ledger.inbox().find(first));
    assertNull(ledger.inbox().find(second));
  }

  /** Mail that waited when its origin was set back is taken under its old number, and once. */
  @Test
  void number_ofAnEarlierEpoch_isTakenOnceBesideTheLater() {
    Sealed waiting = kit.sealed(alert(fresh(), "waited"));
    Sealed later = kit.sealed(alert(fresh(), "sent after the restore"));
    OriginNumber old = new OriginNumber(1, Lane.ROUTINE, 7);
    Delivery first = kit.addressAs(old, waiting.envelope(), waiting.contentKey());
    Delivery second =
        kit.addressAs(
            new OriginNumber(1_790_000_000, Lane.ROUTINE, 1), later.envelope(), later.contentKey());

    assertEquals(Result.RESULT_COMMITTED, kit.handOver(second).getResult());
    assertEquals(Result.RESULT_COMMITTED, kit.handOver(first).getResult());
    assertEquals(Result.RESULT_DUPLICATE, handOverVia(HUB, first).getResult());
    assertEquals(2, inbox().size());
  }
}
