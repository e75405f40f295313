package org.entente.gateway.node.assembly;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.cluster.FormerMachines;
import org.entente.gateway.cluster.FormerMachines.Step;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.node.assembly.KeystoreAttestation.Statement;
import org.entente.gateway.seal.keys.KeyMirror;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two officers say of a machine that nobody can ask. */
class KeystoreAttestationTest {
  private static final Statement FIRST = statement("operations", "FR-DNRED-0003");
  private static final Statement SECOND = statement("supervisor", "FR-DNRED-0009");

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
    return Results.value(attestation(false).attest("fr-3", statement));
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
        Results.value(attestation(true).attest("fr-3", statement("operations", "FR-DNRED-0009"))));
  }

  private static void assertRefused(KeystoreAttestation attestation, Statement statement) {
    assertEquals(Code.SECOND_PERSON_REQUIRED, Results.code(attestation.attest("fr-3", statement)));
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
    Map<String, Step> known = FormerMachines.of(store);
    List<String> members = List.of("fr-1", "fr-2", "fr-4");
    assertEquals(Optional.empty(), KeystoreAttestation.problem("fr-3", known, members, false));
    assertTrue(problem("fr-2", members, false).message().contains("is a machine of the cluster"));
    assertTrue(problem("fr-33", members, false).message().contains("did you mean \"fr-3\""));
    assertEquals(
        Code.NOT_FOUND,
        KeystoreAttestation.problem("fr-3", Map.of(), List.of(), false).orElseThrow().code());

    name("fr-3", Step.DESTROYED);
    assertTrue(problem("fr-3", members, false).message().contains("attested as destroyed already"));
  }

  private Problem problem(String machine, List<String> members, boolean isOneOfThem) {
    return KeystoreAttestation.problem(machine, FormerMachines.of(store), members, isOneOfThem)
        .orElseThrow();
  }

  /** It cannot say which of them it is. */
  @Test
  void machineAlone_waitsForAllOthers_andIsNotAttestedItself() {
    KeyMirror one = FormerMachines.ofMachineAlone(store, true);
    assertEquals(List.of("fr-1", "fr-2", "fr-3"), one.unconfirmed());
    name("fr-3", Step.DESTROYED);
    assertEquals(List.of("fr-1", "fr-2"), one.unconfirmed());
    name("fr-1", Step.DESTROYED);
    assertEquals(List.of(), one.unconfirmed());
    assertTrue(problem("fr-2", List.of(), true).message().contains("is this one"));

    KeyMirror other = FormerMachines.ofMachineAlone(store, false);
    assertEquals(List.of("fr-2"), other.unconfirmed(), "a machine that never was of the cluster");
    name("fr-2", Step.DESTROYED);
    assertEquals(List.of(), other.unconfirmed());
  }
}
