package org.entente.gateway.node.assembly;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.cluster.FormerMachines;
import org.entente.gateway.cluster.FormerMachines.Step;
import org.entente.gateway.cluster.MachineKeystore;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.SecondPersonRule;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.AttestationRecord;
import org.entente.proto.v1.OnBehalfOf;

/**
 * Two officers attest that the keystores are destroyed which a machine had, except the one that it
 * has now as a machine of the cluster. Each statement is durable and in the audit log on return.
 * That of the first lies sealed in {@link Table#META} under {@code cluster/attestation} and the
 * machine's name, for {@link #KEPT}. It says which keystores it is about: one that is lost between
 * the two statements has to be stated twice, too. For one thread at a time.
 */
final class KeystoreAttestation {
  private static final String NAME = "cluster/attestation";

  /** For how long the first statement waits for the second. */
  static final Duration KEPT = Duration.ofDays(7);

  private final AgencyName self;
  private final Ledger ledger;
  private final RecordSeal atRest;
  private final SecondPersonRule second;

  /**
   * The attestations of a ledger.
   *
   * @param sameClient whether both may use one client
   */
  KeystoreAttestation(AgencyName self, Ledger ledger, RecordSeal atRest, boolean sameClient) {
    this.self = self;
    this.ledger = ledger;
    this.atRest = atRest;
    this.second = new SecondPersonRule("made the first statement", "operator", sameClient);
  }

  /** A statement of an officer, through a client. */
  record Statement(NodeName client, OnBehalfOf person) {
    boolean isSame(AttestationRecord first) {
      return first.getClient().equals(client.value())
          && first.getOfficer().equals(person.getOfficer());
    }
  }

  /**
   * What is stated by now.
   *
   * @param both whether two officers have made the statement
   * @param first that of the first of them
   */
  record Stated(boolean both, AttestationRecord first) {}

  /**
   * The machines that have had keys.
   *
   * @param named what the ledger says of them
   * @param members those that can be asked, one that joins the cluster included
   * @param former keystores that are no member's now, and are not attested as destroyed
   */
  record Machines(Map<String, Step> named, List<String> members, List<MachineKeystore> former) {
    /** Those that may have keys, and cannot be asked. */
    List<String> outside() {
      return FormerMachines.outside(named, members, former);
    }

    /** Keystores that a machine had, in order. */
    List<MachineKeystore> formerOf(String machine) {
      return former.stream().filter(one -> one.machine().equals(machine)).sorted().toList();
    }

    /** Why nothing can be attested of a machine; empty if it can. */
    Optional<Problem> problem(String machine) {
      if (named.isEmpty() && former.isEmpty()) {
        return Optional.of(
            new Problem(Code.NOT_FOUND, "", "this gateway has never run on several machines"));
      }
      if (outside().contains(machine)) {
        return Optional.empty();
      }
      if (members.contains(machine)) {
        return invalid(
            machine
                + " is a machine of the cluster, and had no other keystore; see `entente cluster"
                + " replace` if it is lost");
      }
      return named.containsKey(machine)
          ? invalid("the keystore of " + machine + " is attested as destroyed already")
          : invalid(
              "no machine \"%s\"; %s"
                  .formatted(
                      InvalidValue.printable(machine),
                      NameSuggestion.of(machine, List.copyOf(named.keySet()))));
    }
  }

  private static Optional<Problem> invalid(String why) {
    return Optional.of(new Problem(Code.INVALID_FIELD, "node", why));
  }

  /** Records a statement about a machine of which {@link Machines#problem} says nothing. */
  Result<Stated> attest(String machine, Machines machines, Statement statement) {
    return ledger.commit(Lane.FLASH, tx -> attest(tx, machine, machines, statement));
  }

  private Result<Stated> attest(Transaction tx, String machine, Machines machines, Statement now) {
    RecordPlace place = place(machine);
    List<Long> keystores = machines.formerOf(machine).stream().map(MachineKeystore::id).toList();
    Optional<AttestationRecord> first =
        first(tx, place).filter(one -> one.getKeystoresList().equals(keystores));
    if (first.isEmpty()) {
      AttestationRecord record =
          AttestationRecord.newBuilder()
              .setOfficer(now.person().getOfficer())
              .setClient(now.client().value())
              .setAtMs(tx.nowMillis())
              .addAllKeystores(keystores)
              .build();
      Instant end = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
      tx.put(Table.META, place.key(), atRest.seal(place, record.toByteArray(), end));
      audit(tx, now, "attests that the keystore of machine %s is destroyed".formatted(machine));
      return Result.done(new Stated(false, record));
    }
    AttestationRecord before = first.get();
    return now.isSame(before)
        ? Result.done(new Stated(false, before))
        : confirm(tx, machine, machines, now, before);
  }

  private Result<Stated> confirm(
      Transaction tx, String machine, Machines machines, Statement now, AttestationRecord first) {
    return Result.unless(
        second.problem(
            first.getOfficer(), first.getClient(), now.client(), now.person().getOfficer()),
        () -> {
          destroyed(tx, machine, machines);
          tx.delete(Table.META, place(machine).key());
          audit(
              tx,
              now,
              ("attests that the keystore of machine %s is destroyed, as officer %s did at %s"
                      + " through client %s; erasures no longer wait for it")
                  .formatted(
                      machine,
                      first.getOfficer(),
                      Instant.ofEpochMilli(first.getAtMs()),
                      first.getClient()));
          return Result.done(new Stated(true, first));
        });
  }

  private static void destroyed(Transaction tx, String machine, Machines machines) {
    byte[] name = machine.getBytes(StandardCharsets.US_ASCII);
    machines.formerOf(machine).forEach(one -> tx.put(Table.META, FormerMachines.key(one), name));
    if (!machines.members().contains(machine)) {
      tx.put(Table.META, FormerMachines.key(machine), FormerMachines.value(Step.DESTROYED));
    }
  }

  private static RecordPlace place(String machine) {
    byte[] key = KeyBuilder.key().ascii(NAME).ascii(machine).done();
    return new RecordPlace(Table.META, key, "attestation");
  }

  /** Empty also once it has been kept for long enough. */
  private Optional<AttestationRecord> first(Transaction tx, RecordPlace place) {
    Instant since = Instant.ofEpochMilli(tx.nowMillis()).minus(KEPT);
    return Optional.ofNullable(tx.get(Table.META, place.key()))
        .flatMap(bytes -> atRest.open(place, bytes))
        .map(plain -> CorruptRecord.parse(AttestationRecord.parser(), plain, "META"))
        .filter(first -> first.getAtMs() > since.toEpochMilli());
  }

  private void audit(Transaction tx, Statement statement, String what) {
    tx.audit(
        AuditRecord.of(
                AuditType.OPERATOR_ACTION,
                LawCategory.ERASURE,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.client(self, statement.client(), statement.person()),
                AuditSubject.NODE)
            .saying(what));
  }
}
