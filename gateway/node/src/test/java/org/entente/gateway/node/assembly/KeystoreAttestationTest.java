package org.entente.gateway.node.assembly;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.cluster.FormerMachines;
import org.entente.gateway.cluster.FormerMachines.Step;
import org.entente.gateway.cluster.KeystoreRegister;
import org.entente.gateway.cluster.MachineKeystore;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.assembly.KeystoreAttestation.Machines;
import org.entente.gateway.node.assembly.KeystoreAttestation.Statement;
import org.entente.gateway.seal.keys.KeyMirror;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.AttestationRecord;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two officers say of a machine that nobody can ask. */
class KeystoreAttestationTest {
  private static final Statement FIRST = statement("operations", "FR-DNRED-0003");
  private static final List<String> MEMBERS = List.of("fr-1", "fr-2", "fr-4");
  private static final Statement SECOND = statement("supervisor", "FR-DNRED-0009");

  @TempDir private Path keystore;

  private final MemoryStore store = new MemoryStore();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final RecordedLeaves leaves = new RecordedLeaves();
  private Instant now = Instant.parse("2026-12-01T10:00:00Z");
  private final Ledger ledger = QuietLedger.started(store, () -> now, leaves);

  @BeforeEach
  void nameMachines() {
    name("fr-1", Step.JOINS);
    name("fr-2", Step.JOINS);
    name("fr-3", Step.LEAVES);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private void name(String machine, Step step) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.META, FormerMachines.key(machine), FormerMachines.value(step));
          return step;
        });
  }

  private static Statement statement(String client, String officer) {
    return new Statement(
        new NodeName(client),
        OnBehalfOf.newBuilder().setOfficer(officer).setJustification("disk shredded").build());
  }

  private boolean attest(Statement statement) {
    return attest(machines(), statement);
  }

  private boolean attest(Machines machines, Statement statement) {
    return Results.value(attestation(false).attest("fr-3", machines, statement)).both();
  }

  private Machines machines(MachineKeystore... former) {
    return new Machines(FormerMachines.of(store), MEMBERS, List.of(former));
  }

  /** A new one each time, as after a change of the leader. */
  private KeystoreAttestation attestation(boolean sameClient) {
    return new KeystoreAttestation(
        FR, ledger, new RecordSeal(keys, new SecureRandom()), sameClient);
  }

  @Test
  void twoOfficers_attest_andTheAuditLogNamesBoth() {
    assertFalse(attest(FIRST));
    assertEquals(List.of("fr-1", "fr-2", "fr-3"), FormerMachines.withKeys(store));
    assertTrue(attest(SECOND));

    assertEquals(List.of("fr-1", "fr-2"), FormerMachines.withKeys(store));
    assertEquals(List.of("fr-3"), FormerMachines.destroyed(store));
    AuditRecord last = leaves.last();
    assertEquals(
        "attests that the keystore of machine fr-3 is destroyed, as officer FR-DNRED-0003 did at"
            + " 2026-12-01T10:00:00Z through client operations; erasures no longer wait for it",
        last.outcome().detail());
    assertEquals("FR-DNRED-0009", requireNonNull(last.actor().onBehalfOf()).officer());
  }

  @Test
  void oneOfficer_orOneClient_isNotEnough() {
    assertFalse(attest(FIRST));
    assertFalse(attest(FIRST), "the same again");
    assertRefused(attestation(false), statement("supervisor", "fr-dnred-OOO3"));
    assertRefused(attestation(false), statement("operations", "FR-DNRED-0009"));
    assertEquals(1, leaves.count());

    assertTrue(
        Results.value(
                attestation(true)
                    .attest("fr-3", machines(), statement("operations", "FR-DNRED-0009")))
            .both());
  }

  private void assertRefused(KeystoreAttestation attestation, Statement statement) {
    assertEquals(
        Code.SECOND_PERSON_REQUIRED,
        Results.code(attestation.attest("fr-3", machines(), statement)));
  }

  @Test
  void firstStatement_countsForSevenDays() {
    assertFalse(attest(FIRST));
    now = now.plus(Duration.ofDays(7));
    assertFalse(attest(SECOND), "the first one again");
    now = now.plus(Duration.ofDays(7)).minusMillis(1);
    assertTrue(attest(FIRST));
  }

  @Test
  void firstStatement_liesSealedOnTheDisk() {
    assertFalse(attest(FIRST));
    try (Scan scan = store.scan(Table.META, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        String value = new String(scan.value(), StandardCharsets.ISO_8859_1);
        assertFalse(value.contains("DNRED"), value);
      }
    }
  }

  @Test
  void machineOfTheCluster_unknownOne_andOneAttestedBefore_areRefused() {
    assertEquals(Optional.empty(), machines().problem("fr-3"));
    assertTrue(problem("fr-2").contains("is a machine of the cluster"));
    assertTrue(problem("fr-33").contains("did you mean \"fr-3\""));
    assertEquals(
        Code.NOT_FOUND,
        new Machines(Map.of(), List.of(), List.of()).problem("fr-3").orElseThrow().code());

    name("fr-3", Step.DESTROYED);
    assertTrue(problem("fr-3").contains("attested as destroyed already"));
  }

  private String problem(String machine) {
    return machines().problem(machine).orElseThrow().message();
  }

  /** The machine goes on with the other one. */
  @Test
  void formerKeystoreOfAMachine_isAttested_andOnlyThatOne() {
    MachineKeystore former = new MachineKeystore("fr-2", 7);
    Machines machines = machines(former);
    assertEquals(Optional.empty(), machines.problem("fr-2"));
    assertEquals(List.of("fr-2", "fr-3"), machines.outside());
    KeystoreAttestation attestation = attestation(false);
    assertFalse(Results.value(attestation.attest("fr-2", machines, FIRST)).both());
    assertTrue(Results.value(attestation.attest("fr-2", machines, SECOND)).both());

    assertEquals(Set.of(former), FormerMachines.destroyedKeystores(store));
    assertEquals(List.of("fr-2"), FormerMachines.destroyed(store));
    assertEquals(List.of("fr-1", "fr-2", "fr-3"), FormerMachines.withKeys(store));
  }

  /** The first officer has not seen the remains of the other disk. */
  @Test
  void keystoreThatIsLostBetweenTwoStatements_isStatedTwiceToo() {
    Machines one = machines(new MachineKeystore("fr-3", 7));
    Machines two = machines(new MachineKeystore("fr-3", 7), new MachineKeystore("fr-3", 8));
    assertFalse(attest(one, FIRST));
    assertFalse(attest(two, SECOND), "the first one about both");
    assertTrue(attest(two, FIRST));
    assertEquals(2, FormerMachines.destroyedKeystores(store).size());
  }

  @Test
  void answer_namesWhoStatedFirst() {
    KeystoreAttestation attestation = attestation(false);
    assertEquals(
        "FR-DNRED-0003",
        Results.value(attestation.attest("fr-3", machines(), FIRST)).first().getOfficer());
    Instant first = now;
    now = now.plus(Duration.ofHours(1));
    AttestationRecord stated =
        Results.value(attestation.attest("fr-3", machines(), SECOND)).first();
    assertEquals("FR-DNRED-0003", stated.getOfficer());
    assertEquals("operations", stated.getClient());
    assertEquals(first.toEpochMilli(), stated.getAtMs());
  }

  /** Its backup is older than a replacement, of which its keystore knows. */
  @Test
  void machineAlone_waitsForAllOthers_alsoForThoseThatItsLedgerDoesNotName() throws IOException {
    Files.writeString(
        keystore.resolve("cluster-keystores"),
        """
        keystore 000000000000000a made term 0 change 0 of fr-1
        0000000000000009 fr-1
        000000000000000a fr-1
        000000000000000b fr-4
        """);
    Optional<KeystoreRegister> register = KeystoreRegister.read(keystore);
    KeyMirror alone = FormerMachines.ofMachineAlone(store, register);
    assertEquals(List.of("fr-1", "fr-2", "fr-3", "fr-4"), alone.unconfirmed(), "its former one");
    Machines machines =
        new Machines(FormerMachines.of(store), List.of("fr-1"), register.orElseThrow().others());
    for (String machine : alone.unconfirmed()) {
      KeystoreAttestation attestation = attestation(false);
      assertFalse(Results.value(attestation.attest(machine, machines, FIRST)).both());
      assertTrue(Results.value(attestation.attest(machine, machines, SECOND)).both());
    }
    assertEquals(List.of(), alone.unconfirmed());
    assertEquals(4, FormerMachines.destroyed(store).size());
  }

  /** It has taken the ledger of a cluster. */
  @Test
  void machineThatNeverWasOfTheCluster_waitsForAll() {
    KeyMirror other = FormerMachines.ofMachineAlone(store, Optional.empty());
    name("fr-3", Step.DESTROYED);
    assertEquals(List.of("fr-1", "fr-2"), other.unconfirmed());
  }
}
