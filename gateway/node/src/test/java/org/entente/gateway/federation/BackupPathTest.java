package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Copies that a running gateway makes of its ledger. */
class BackupPathTest {
  private static final String SIGNED = "entente_audit_checkpoint_leaves";

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private Backup backUp() {
    return BackupsGrpc.newBlockingStub(federation.channel(FR))
        .createBackup(
            CreateBackupRequest.newBuilder()
                .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("daily"))
                .build())
        .getBackup();
  }

  /** A ledger that was set back would sign a second history of what a witness holds. */
  @Test
  void copy_beforeTheWitnessHasAnswered_signsNothing() throws IOException {
    federation.files().publishBundle(TwinTest::witnessing);
    Files.writeString(
        federation.config(FR), "\nbackup:\n  folder: copies\n", StandardOpenOption.APPEND);
    federation.start(FR);
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, this::backUp);
    assertTrue(
        String.valueOf(refused.getMessage()).contains("it waits for its witnesses"),
        refused::getMessage);
    assertEquals(0, federation.metric(FR, SIGNED));

    federation.start(DE);
    federation.await(
        "the first checkpoint",
        () -> {
          federation.clock.move(Duration.ofSeconds(1));
          return federation.metric(FR, SIGNED) > 0;
        });
    assertTrue(backUp().getAuditLeaves() > 0);
    federation.stop(DE);
    federation.stop(FR);

    federation.start(FR);
    long signed = (long) federation.metric(FR, SIGNED);
    assertTrue(signed < federation.metric(FR, "entente_audit_leaves"));
    assertEquals(signed, backUp().getAuditLeaves());
    assertEquals(signed, (long) federation.metric(FR, SIGNED));
  }
}
