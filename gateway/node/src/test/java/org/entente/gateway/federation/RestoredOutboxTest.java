package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
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
 * A restored ledger owes mail that its recipient took after the copy, and whose keys were destroyed
 * after that. The recipient has been restarted, so that only its ledger knows what it has.
 */
class RestoredOutboxTest {
  private static final Duration LONG = Duration.ofDays(20);
  private static final int ATTEMPTS = 8;

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);

  @Test
  void mailThatItsRecipientTook_andWhoseKeyIsGone_isNotStatedAsUndelivered() throws IOException {
    MessageId taken = federation.send(FR, "seals broken", LONG, DE);
    federation.stop(FR);
    backUp();
    federation.start(FR, DE);
    federation.awaitEvidence(FR, taken, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(Duration.ofDays(3), Duration.ofHours(12));
    federation.stop(DE);
    federation.stop(FR);

    new LedgerRestore(federation.config(FR), federation.clock)
        .restore(0, true, Optional.empty(), new AuditPerson("FR-1", "", "the disk is lost"));
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
