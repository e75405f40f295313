package org.entente.gateway.node.assembly;

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
 * Two officers attest that the keystore of a former machine is destroyed. Each statement is durable
 * and in the audit log on return. That of the first lies sealed in {@link Table#META} under {@code
 * cluster/attestation} and the machine's name, for {@link #KEPT}. For one thread at a time.
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
   * Why nothing can be attested of a machine; empty if it can.
   *
   * @param known what the ledger says of machines
   * @param members those of the cluster, and one that is joining it
   * @param isOneOfThem whether this machine runs alone, and is one that the ledger names
   */
  static Optional<Problem> problem(
      String machine, Map<String, Step> known, List<String> members, boolean isOneOfThem) {
    if (known.isEmpty()) {
      return Optional.of(
          new Problem(Code.NOT_FOUND, "", "this gateway has never run on several machines"));
    }
    Step step = known.get(machine);
    if (members.contains(machine)) {
      return invalid(
          machine + " is a machine of the cluster; see `entente cluster replace` if it is lost");
    }
    if (step == null) {
      return invalid(
          "no machine \"%s\"; %s"
              .formatted(
                  InvalidValue.printable(machine),
                  NameSuggestion.of(machine, List.copyOf(known.keySet()))));
    }
    if (step == Step.DESTROYED) {
      return invalid("the keystore of " + machine + " is attested as destroyed already");
    }
    long left = known.values().stream().filter(one -> one != Step.DESTROYED).count();
    return isOneOfThem && left == 1
        ? invalid("all other machines are attested, so " + machine + " is this one")
        : Optional.empty();
  }

  private static Optional<Problem> invalid(String why) {
    return Optional.of(new Problem(Code.INVALID_FIELD, "node", why));
  }

  /** Records a statement; whether two officers have made it now. */
  Result<Boolean> attest(String machine, Statement statement) {
    return ledger.commit(Lane.FLASH, tx -> attest(tx, machine, statement));
  }

  private Result<Boolean> attest(Transaction tx, String machine, Statement now) {
    RecordPlace place = place(machine);
    Optional<AttestationRecord> first = first(tx, place);
    if (first.isEmpty()) {
      tx.put(Table.META, place.key(), sealed(tx, place, now));
      audit(tx, now, "attests that the keystore of machine %s is destroyed".formatted(machine));
      return Result.done(false);
    }
    AttestationRecord before = first.get();
    return now.isSame(before) ? Result.done(false) : confirm(tx, machine, now, before);
  }

  private Result<Boolean> confirm(
      Transaction tx, String machine, Statement now, AttestationRecord first) {
    return Result.unless(
        second.problem(
            first.getOfficer(), first.getClient(), now.client(), now.person().getOfficer()),
        () -> {
          tx.put(Table.META, FormerMachines.key(machine), FormerMachines.value(Step.DESTROYED));
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
          return Result.done(true);
        });
  }

  private static RecordPlace place(String machine) {
    byte[] key = KeyBuilder.key().ascii(NAME).ascii(machine).done();
    return new RecordPlace(Table.META, key, "attestation");
  }

  private byte[] sealed(Transaction tx, RecordPlace place, Statement statement) {
    byte[] plain =
        AttestationRecord.newBuilder()
            .setOfficer(statement.person().getOfficer())
            .setClient(statement.client().value())
            .setAtMs(tx.nowMillis())
            .build()
            .toByteArray();
    return atRest.seal(place, plain, Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT));
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
