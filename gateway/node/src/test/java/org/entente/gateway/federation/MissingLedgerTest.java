package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.node.doctor.ConfigurationCheck;
import org.entente.gateway.node.offline.LedgerRestore;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.entente.gateway.node.offline.OfflineNode;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose ledger's disk is not mounted does not begin an empty ledger. */
class MissingLedgerTest {
  private static final AuditPerson PERSON = new AuditPerson("FR-1", "", "the disk burnt");

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private Path file = Path.of("");
  private Path data = Path.of("");
  private Path audit = Path.of("");
  private Path away = Path.of("");

  @BeforeEach
  void runOnce() throws IOException {
    file = federation.config(FR);
    data = federation.folder().resolve(FR).resolve("data");
    audit = federation.folder().resolve(FR).resolve("audit");
    away = federation.folder().resolve("away");
    assertEquals(
        List.of(),
        ConfigurationCheck.problems(file, federation.clock),
        "a node that never started");
    startAndStop();
  }

  private void startAndStop() {
    Gateway.start(file, federation.clock, federation.clock::nanos).close();
  }

  private void assertRefused(String what, Path trace) {
    StartProblem problem = assertThrows(StartProblem.class, this::startAndStop);
    String told = String.valueOf(problem.getMessage());
    assertTrue(told.startsWith("data: " + data + " " + what + ", but this node had "), told);
    assertTrue(told.contains(trace + " holds "), told);
    assertTrue(told.contains("not mounted"), told);
    assertTrue(told.contains("`entente backup restore`"), told);
    assertTrue(told.contains("`entente audit new-log --ledger-lost`"), told);
    assertEquals(List.of(told), ConfigurationCheck.problems(file, federation.clock));
    assertEquals(told, refusal(() -> OfflineNode.open(file, federation.clock).close()));
    assertEquals(told, refusal(() -> LedgerSuccession.onDisk(file, federation.clock)));
  }

  private static String refusal(Runnable opening) {
    return String.valueOf(assertThrows(StartProblem.class, opening::run).getMessage());
  }

  @Test
  void data_thatIsAway_isNamed_andTheNodeStartsOnceItIsBack() throws IOException {
    Files.move(data, away);
    assertRefused("does not exist", audit);
    assertFalse(Files.exists(data), "nothing began in its place");

    Files.createDirectory(data);
    assertRefused("holds no ledger", audit);
    Files.createDirectory(data.resolve("lost+found"));
    assertRefused("holds no ledger", audit);

    Files.delete(data.resolve("lost+found"));
    Files.delete(data);
    Files.move(away, data);
    assertEquals(List.of(), ConfigurationCheck.problems(file, federation.clock));
    startAndStop();
  }

  @Test
  void keystoreAlone_showsThatThereWasALedger() throws IOException {
    Files.move(data, away);
    Files.move(audit, federation.folder().resolve("audit-away"));
    assertRefused(
        "does not exist", federation.folder().resolve(FR).resolve("gateway-1").resolve("keystore"));
  }

  @Test
  void auditFolderAlone_showsIt() throws IOException {
    Files.move(data, away);
    String yaml = Files.readString(file);
    Files.writeString(file, yaml.replaceFirst("keystore: \\S+", "keystore: absent"));
    assertRefusedByCheck(audit);
  }

  private void assertRefusedByCheck(Path trace) {
    String told = String.join("\n", ConfigurationCheck.problems(file, federation.clock));
    assertTrue(told.contains(trace + " holds a signed checkpoint"), told);
    assertFalse(told.contains("keys made with it"), told);
  }

  @Test
  void ledgerThatIsLost_isFollowedByAnEmptyOne_whenAPersonSaysSo() throws IOException {
    String refused =
        refusal(
            () -> LedgerSuccession.beginEmpty(file, Optional.empty(), PERSON, federation.clock));
    assertTrue(refused.startsWith("data: " + data + " holds a ledger"), refused);
    Files.move(data, away);

    assertInstanceOf(
        Finding.Ended.class,
        LedgerSuccession.beginEmpty(file, Optional.empty(), PERSON, federation.clock),
        "its log has signed what is lost");

    startAndStop();
  }

  @Test
  void ledgerAndAuditFolderThatAreLost_areFollowedByAnEmptyLedger() throws IOException {
    Files.move(data, away);
    Files.move(audit, federation.folder().resolve("audit-away"));

    assertInstanceOf(
        Finding.Continues.class,
        LedgerSuccession.beginEmpty(file, Optional.empty(), PERSON, federation.clock),
        "nothing here knows what it had signed");

    startAndStop();
  }

  /** What other machines signed as leaders is not in this one's folder of {@code audit}. */
  @Test
  void ledgerOfAMachineOfACluster_isFollowedByTheNextLog_unlessAWitnessSaysHowFarItHasGot()
      throws IOException {
    Path keystore = federation.folder().resolve(FR).resolve("gateway-1").resolve("keystore");
    Files.createFile(keystore.resolve("cluster-state"));
    LedgerSuccession node = LedgerSuccession.onDisk(file, federation.clock);
    Optional<byte[]> witnessed = Optional.of(Files.readAllBytes(audit.resolve("checkpoint")));
    assertInstanceOf(Finding.Continues.class, node.restored(witnessed, PERSON, "a copy"));

    Finding found = node.restored(Optional.empty(), PERSON, "a copy");

    String reason = assertInstanceOf(Finding.Ended.class, found).reason();
    assertTrue(reason.contains("another may have signed more"), reason);
    startAndStop();

    Finding ofAnEarlierLog = node.restored(witnessed, PERSON, "a copy");
    assertInstanceOf(Finding.Ended.class, ofAnEarlierLog, "it says nothing of the log in force");
  }

  /** Ignored, it would leave a person believing that the log was compared with it. */
  @Test
  void checkpointOfAnotherGateway_isRefused() throws IOException {
    Gateway.start(federation.config(DE), federation.clock, federation.clock::nanos).close();
    Path other = federation.folder().resolve(DE).resolve("audit").resolve("checkpoint");
    Optional<byte[]> witnessed = Optional.of(Files.readAllBytes(other));

    String refused = refusal(() -> LedgerSuccession.onDisk(file, federation.clock).look(witnessed));

    assertTrue(refused.startsWith("--witnessed: found one of "), refused);
    assertTrue(refused.contains("/" + DE + "/"), refused);
  }

  /** An empty ledger would be that of a second gateway of its name. */
  @Test
  void machineOfACluster_whoseConfigurationLacksTheSection_isToldSo() throws IOException {
    Path keystore = federation.folder().resolve(FR).resolve("gateway-1").resolve("keystore");
    Files.createFile(keystore.resolve("cluster-state"));
    Files.move(data, away);

    String refusal = refusal(this::startAndStop);
    assertTrue(refusal.contains("put the section `cluster` back"), refusal);
    assertFalse(refusal.contains("new-log"), refusal);
  }

  private void restore(InstantSource clock) {
    var unused = new LedgerRestore(file, clock).restore(0, true, Optional.empty(), PERSON);
  }

  /** Neither a unit that starts the gateway again, nor another restore, may come between. */
  @Test
  void restoredLedger_isPutInItsPlace_whileTheGatewayCannotStart() throws IOException {
    Path backups = federation.folder().resolve(FR).resolve("backups");
    Files.writeString(file, "backup:\n  folder: " + backups + "\n", StandardOpenOption.APPEND);
    try (RocksStore store = RocksStore.open(data, RocksOptions.defaults())) {
      new RocksBackups(backups).add(store, Files.readString(audit.resolve("checkpoint")), 7);
    }
    Path restoring = data.resolveSibling("data.restoring");
    List<String> refused = new ArrayList<>();

    restore(
        () -> {
          if (Files.exists(restoring)) {
            refused.add(refusal(this::startAndStop));
            refused.add(refusal(() -> restore(federation.clock)));
          }
          return federation.clock.instant();
        });

    assertTrue(refused.size() > 1, refused::toString);
    refused.forEach(one -> assertTrue(one.startsWith("keystore: "), one));
    startAndStop();
  }
}
