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
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.CreateBackupResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Copies that a running gateway makes of its ledger. */
class BackupPathTest {
  private static final String SIGNED = "entente_audit_checkpoint_leaves";

  private static final CreateBackupRequest REQUEST =
      CreateBackupRequest.newBuilder()
          .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("daily"))
          .build();

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private Backup backUp() {
    return BackupsGrpc.newBlockingStub(federation.channel(FR)).createBackup(REQUEST).getBackup();
  }

  private void startWitnessed(int waitSeconds) throws IOException {
    federation.files().publishBundle(TwinTest::witnessing);
    Files.writeString(
        federation.config(FR),
        "\nbackup:\n  folder: copies\nwitnesses:\n  wait_seconds: %d\n".formatted(waitSeconds),
        StandardOpenOption.APPEND);
    federation.start(FR);
  }

  /** A ledger that was set back would sign a second history of what a witness holds. */
  @Test
  void copy_beforeTheWitnessHasAnswered_signsNothing() throws IOException {
    startWitnessed(1);
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, this::backUp);
    assertWaits(refused);
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

  /** One call at a time waits, as each holds a thread that serves all clients. */
  @Test
  void copy_rightAfterTheFirstStart_waitsForTheFirstCheckpoint() throws Exception {
    startWitnessed(300);
    BackupsGrpc.BackupsFutureStub stub = BackupsGrpc.newFutureStub(federation.channel(FR));
    List<Future<CreateBackupResponse>> calls =
        List.of(stub.createBackup(REQUEST), stub.createBackup(REQUEST));
    federation.await("the other call", () -> calls.stream().anyMatch(Future::isDone));
    assertEquals(1, calls.stream().filter(Future::isDone).count());

    federation.start(DE);
    federation.await(
        "the copy",
        () -> {
          federation.clock.move(Duration.ofSeconds(1));
          return calls.stream().allMatch(Future::isDone);
        });
    int made = 0;
    for (Future<CreateBackupResponse> call : calls) {
      try {
        assertTrue(call.get().getBackup().getAuditLeaves() > 0);
        made++;
      } catch (ExecutionException e) {
        assertWaits(e.getCause());
      }
    }
    assertEquals(1, made);
  }

  private static void assertWaits(@Nullable Throwable refused) {
    String said = String.valueOf(refused);
    assertTrue(said.contains("it waits for its witnesses"), said);
  }
}
