package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.offline.LedgerRestore;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A restored ledger owes mail that its recipient took after the copy, and lacks the evidence of it.
 * So it asks before it concludes anything.
 */
class RestoredOutboxTest {
  private static final Duration LONG = Duration.ofDays(20);
  private static final int ATTEMPTS = 8;

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);

  /** The recipient has been restarted, so that only its ledger knows what it has. */
  @Test
  void mailThatItsRecipientTook_andWhoseKeyIsGone_isNotStatedAsUndelivered() throws IOException {
    MessageId taken =
        federation.send(FR, "seals broken", LONG, Duration.ofDays(3).plusHours(2), DE);
    federation.stop(FR);
    backUp();
    federation.start(FR, DE);
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(Duration.ofDays(3), Duration.ofHours(12));
    federation.stop(DE);
    federation.stop(FR);

    restore();
    federation.start(DE);
    boolean owed = true;
    for (int i = 0; i < ATTEMPTS && owed; i++) {
      federation.start(FR);
      MessageId next = federation.send(FR, "after the restore " + i, LONG, DE);
      federation.awaitEvidence(FR, next, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
      assertFalse(
          federation.kinds(FR, taken, DE).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
      federation.stop(FR);
      owed = isUndecided();
    }
    assertFalse(owed, "the recipient has said that it has it");

    federation.start(FR);
    isLinked();
    federation.pass(Duration.ofHours(3), Duration.ofHours(3));
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(LONG, Duration.ofHours(12));
    assertIsNotDenied(taken);
  }

  /** Its time to be delivered was over before the ledger was restored. */
  @Test
  void mailThatItsRecipientOpened_andThatExpiredMeanwhile_isNotStatedAsUndeliveredOrUnopened()
      throws IOException {
    MessageId taken = takenAfterTheCopy();
    federation.stop(FR);
    federation.clock.move(Duration.ofHours(7));
    restore();
    federation.start(FR);
    isLinked();
    // The clock is in doubt for an hour after a stop of hours; until then nobody is asked.
    federation.pass(Duration.ofHours(1), Duration.ofMinutes(10));
    federation.pass(Duration.ofSeconds(30), Duration.ofSeconds(30));
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    assertIsNotDenied(taken);
  }

  /** Its time to be delivered and opened is over some hours after the restore. */
  @Test
  void mailThatItsRecipientOpened_andThatExpiresLater_isNotStatedAsUndeliveredOrUnopened()
      throws IOException {
    MessageId taken = takenAfterTheCopy();
    federation.stop(FR);
    federation.clock.move(Duration.ofMinutes(1));
    restore();
    federation.start(FR);
    isLinked();
    assertEquals(
        Set.of(), states(taken), "its recipient sends no evidence of itself a second time");
    federation.pass(Duration.ofHours(1), Duration.ofHours(1));
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    federation.pass(Duration.ofHours(6), Duration.ofMinutes(30));
    assertIsNotDenied(taken);
  }

  @Test
  void mailOfWhichNothingIsHeard_isStatedAsUndelivered_onceItsRecipientWasAsked()
      throws IOException {
    MessageId taken = takenAfterTheCopy();
    federation.stop(FR);
    federation.stop(DE);
    federation.clock.move(Duration.ofHours(7));
    restore();
    federation.start(FR);
    // The clock is in doubt for an hour after a stop of hours.
    federation.pass(Duration.ofHours(1), Duration.ofMinutes(10));
    federation.pass(Duration.ofMinutes(9), Duration.ofMinutes(1));
    assertEquals(Set.of(), states(taken));
    // The ten minutes begin with the first request.
    federation.pass(Duration.ofMinutes(4), Duration.ofMinutes(1));
    assertEquals(
        Set.of(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY),
        states(taken),
        "it is true that there is no evidence");
  }

  private MessageId takenAfterTheCopy() throws IOException {
    MessageId taken =
        federation.send(FR, "seals broken", Duration.ofHours(6), Duration.ofHours(1), DE);
    federation.stop(FR);
    backUp();
    federation.start(FR, DE);
    federation.receive(DE, 1);
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    // Otherwise its recipient sends to the restored gateway what that had taken before. Stopping it
    // makes durable what was taken.
    federation.awaitSent(DE, FR);
    federation.stop(DE);
    federation.start(DE);
    return taken;
  }

  /** What is known of it beyond its acceptance. */
  private Set<EvidenceKind> states(MessageId message) {
    return federation.kinds(FR, message, DE);
  }

  private void assertIsNotDenied(MessageId message) {
    federation.pass(Duration.ofMinutes(20), Duration.ofMinutes(1));
    Set<EvidenceKind> states = states(message);
    assertFalse(states.contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY), states.toString());
    if (states.contains(EvidenceKind.EVIDENCE_KIND_RETRIEVAL)) {
      assertFalse(states.contains(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL), states.toString());
    }
  }

  /** Both have each other's keys, and mail goes both ways. */
  private void isLinked() {
    MessageId next = federation.send(FR, "after the restore", LONG, DE);
    federation.awaitEvidence(FR, next, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
  }

  private void restore() {
    new LedgerRestore(federation.config(FR), federation.clock)
        .restore(0, true, Optional.empty(), new AuditPerson("FR-1", "", "the disk is lost"));
  }

  private void backUp() throws IOException {
    Path folder = federation.folder().resolve(FR);
    Path backups = folder.resolve("backups");
    Files.writeString(
        federation.config(FR), "backup:\n  folder: " + backups + "\n", StandardOpenOption.APPEND);
    try (RocksStore store = RocksStore.open(folder.resolve("data"), RocksOptions.defaults())) {
      new RocksBackups(backups).add(store, Files.readString(folder.resolve("audit/checkpoint")), 7);
    }
  }

  /** Whether the gateway, which does not run, still waits for the recipient's answer. */
  private boolean isUndecided() {
    Path data = federation.folder().resolve(FR).resolve("data");
    try (RocksStore store = RocksStore.openReadOnly(data)) {
      OutboxTable outbox =
          new OutboxTable(AuthenticatedStore.unverified(store), new UnreadableRecords());
      return Lane.all().stream()
          .flatMap(lane -> outbox.page(new AgencyName(DE), lane, null, 100).stream())
          .anyMatch(one -> one.entry().getUndecided());
    }
  }
}
