package org.entente.gateway.federation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.node.offline.LedgerRestore;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code backup verify} says of copies of a gateway's ledger. */
class BackupVerificationTest {
  private static final String FR = RunningFederation.FR;

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);

  @Test
  void copy_withoutTheCheckpointOfItsTime_isNotSound() throws IOException {
    federation.send(FR, "seals broken", Duration.ofHours(1), RunningFederation.DE);
    federation.stop(FR);
    Path folder = federation.folder().resolve(FR);
    Path backups = folder.resolve("backups");
    Files.writeString(
        federation.config(FR), "backup:\n  folder: " + backups + "\n", StandardOpenOption.APPEND);
    String note = Files.readString(folder.resolve("audit/checkpoint"));
    try (RocksStore store = RocksStore.open(folder.resolve("data"), RocksOptions.defaults())) {
      new RocksBackups(backups).add(store, note, 7);
      new RocksBackups(backups).add(store, "", 7);
    }
    LedgerRestore node = new LedgerRestore(federation.config(FR), federation.clock);

    assertEquals(Optional.empty(), node.verify(1, AuditVerifier.LeafProgress.NONE));
    Optional<String> fault = node.verify(2, AuditVerifier.LeafProgress.NONE);
    assertTrue(fault.orElse("").startsWith("without checkpoint"), fault::toString);
    assertEquals(fault, node.verify(0, AuditVerifier.LeafProgress.NONE), "the newest");
  }
}
