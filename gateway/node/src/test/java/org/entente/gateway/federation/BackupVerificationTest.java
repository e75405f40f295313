package org.entente.gateway.federation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.feature.attachment.AttachmentCopies;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.offline.LedgerRestore;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.FetchedAttachment;
import org.entente.proto.store.v1.OwnAttachment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code backup verify} says of copies of a gateway's ledger. */
class BackupVerificationTest {
  private static final String FR = RunningFederation.FR;

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);

  /** Stops the gateway and makes copies of its ledger with these notes, or with its checkpoint. */
  private void backUp(boolean... noted) throws IOException {
    federation.send(FR, "seals broken", Duration.ofHours(1), RunningFederation.DE);
    federation.stop(FR);
    Path folder = federation.folder().resolve(FR);
    Path backups = folder.resolve("backups");
    append("backup:\n  folder: " + backups + "\n");
    String note = Files.readString(folder.resolve("audit/checkpoint"));
    try (RocksStore store = RocksStore.open(folder.resolve("data"), RocksOptions.defaults())) {
      for (boolean one : noted) {
        new RocksBackups(backups).add(store, one ? note : "", 7);
      }
    }
  }

  private void append(String lines) throws IOException {
    Files.writeString(federation.config(FR), lines, StandardOpenOption.APPEND);
  }

  /** The twenty-second look: a daily verification filled the disk of a running gateway. */
  @Test
  void copy_forWhichThereIsNoRoomBesideTheLedger_isNotWrittenThere() throws IOException {
    backUp(true);
    append("disk:\n  slow_below_mib: 1048576\n  refuse_below_mib: 1048575\n");
    LedgerRestore node = new LedgerRestore(federation.config(FR), federation.clock);
    StartProblem problem =
        assertThrows(StartProblem.class, () -> node.verify(0, AuditVerifier.LeafProgress.NONE));
    String said = String.valueOf(problem.getMessage());
    assertTrue(said.startsWith("data: verifying backup 1 writes "), said);
    assertTrue(said.contains("valid is that 1048575 MiB stay free"), said);
    assertFalse(Files.exists(federation.folder().resolve(FR).resolve("data.verifying")));
  }

  @Test
  void copy_intoAMountPoint_isRefusedBeforeAnythingIsWritten() throws IOException {
    backUp(true);
    String config = Files.readString(federation.config(FR));
    Files.writeString(federation.config(FR), config.replaceFirst("(?m)^data: .*$", "data: /proc"));
    LedgerRestore node = new LedgerRestore(federation.config(FR), federation.clock);
    StartProblem problem =
        assertThrows(
            StartProblem.class,
            () ->
                node.restore(
                    0, true, Optional.empty(), new AuditPerson("FR-1", "", "the disk is lost")));
    String said = String.valueOf(problem.getMessage());
    assertTrue(said.startsWith("data: /proc is a mount point"), said);
    assertTrue(said.contains("such as /proc/ledger"), said);
  }

  /** A later backup keeps it, since it is as long as the file. */
  @Test
  void copyOfAnAttachment_whoseBytesAreOthers_isNamed() throws IOException {
    backUp();
    append("attachments:\n  folder: " + federation.folder().resolve("files") + "\n");
    Path files = Files.createDirectory(federation.folder().resolve("files"));
    Path home = federation.folder().resolve(FR);
    Path backups = home.resolve("backups");
    String own = "0".repeat(32);
    String fetched = "1".repeat(32) + "-" + "2".repeat(32);
    for (String name : List.of(own, fetched)) {
      Files.writeString(files.resolve(name), name);
    }
    try (RocksStore store = RocksStore.open(home.resolve("data"), RocksOptions.defaults())) {
      Batch batch = store.batch();
      batch.put(
          Table.ATTACHMENT,
          HexFormat.of().parseHex("01" + own),
          OwnAttachment.newBuilder()
              .setComplete(true)
              .setSealedSha256(hash(own))
              .build()
              .toByteArray());
      batch.put(
          Table.ATTACHMENT,
          HexFormat.of().parseHex("02" + fetched.replace("-", "")),
          FetchedAttachment.newBuilder()
              .setComplete(true)
              .setSealedSha256(hash(fetched))
              .build()
              .toByteArray());
      store.commit(batch, Durability.SYNCED);
      new RocksBackups(backups).add(store, Files.readString(home.resolve("audit/checkpoint")), 7);
    }
    new AttachmentCopies(files, backups).add(1, Set.of(1));
    LedgerRestore node = new LedgerRestore(federation.config(FR), federation.clock);
    assertEquals(Optional.empty(), node.verify(1, AuditVerifier.LeafProgress.NONE));

    for (String name : List.of(own, fetched)) {
      Path copy = backups.resolve("attachments").resolve(name);
      Files.writeString(copy, name.replace('0', '3').replace('1', '3'));
      String fault = node.verify(1, AuditVerifier.LeafProgress.NONE).orElse("");
      assertTrue(fault.startsWith(copy + " is damaged or missing, and 0 more: remove "), fault);
      Files.delete(copy);
      assertEquals(fault, node.verify(1, AuditVerifier.LeafProgress.NONE).orElse(""));
      new AttachmentCopies(files, backups).add(1, Set.of(1));
      assertEquals(Optional.empty(), node.verify(1, AuditVerifier.LeafProgress.NONE));
    }
  }

  private static ByteString hash(String content) {
    return ByteString.copyFrom(Sha256.hash(content.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void copy_withoutTheCheckpointOfItsTime_isNotSound() throws IOException {
    backUp(true, false);
    LedgerRestore node = new LedgerRestore(federation.config(FR), federation.clock);

    assertEquals(Optional.empty(), node.verify(1, AuditVerifier.LeafProgress.NONE));
    Optional<String> fault = node.verify(2, AuditVerifier.LeafProgress.NONE);
    assertTrue(fault.orElse("").startsWith("without checkpoint"), fault::toString);
    assertEquals(fault, node.verify(0, AuditVerifier.LeafProgress.NONE), "the newest");
  }

  /** Both would work in one folder, and each remove what is there first. */
  @Test
  void secondVerification_isRefused_untilTheFirstHasEnded() throws IOException {
    backUp(true);
    LedgerRestore node = new LedgerRestore(federation.config(FR), federation.clock);
    List<String> refused = new ArrayList<>();
    AuditVerifier.LeafProgress meanwhile =
        (leaves, all) ->
            refused.add(
                String.valueOf(
                    assertThrows(
                            StartProblem.class,
                            () -> node.verify(0, AuditVerifier.LeafProgress.NONE))
                        .getMessage()));

    assertEquals(Optional.empty(), node.verify(0, meanwhile));

    assertFalse(refused.isEmpty());
    String said = refused.get(0);
    assertTrue(said.startsWith("data: another command verifies a backup now"), said);
    assertEquals(Optional.empty(), node.verify(0, AuditVerifier.LeafProgress.NONE));
  }
}
