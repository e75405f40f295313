package org.entente.gateway.node.assembly;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.cluster.FormerMachines;
import org.entente.gateway.cluster.FormerMachines.Step;
import org.entente.gateway.feature.OwnCluster;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.store.Table;
import org.entente.proto.v1.AttestDestroyedRequest;
import org.entente.proto.v1.AttestDestroyedResponse;
import org.entente.proto.v1.ChangeMachinesRequest;
import org.entente.proto.v1.ChangeMachinesResponse;
import org.entente.proto.v1.TransferLeadRequest;
import org.entente.proto.v1.TransferLeadResponse;

/**
 * What persons decide about the machines of the cluster, recorded in the audit log before it
 * happens. Safe for many threads.
 */
final class ClusterActions implements OwnCluster {
  private final Foundation ground;
  private final KeystoreAttestation attestation;
  private final Runnable attested;

  /**
   * The decisions on a node.
   *
   * @param attested what to do once erasures no longer wait for a machine
   */
  ClusterActions(Foundation ground, Runnable attested) {
    this.ground = ground;
    this.attested = attested;
    attestation =
        new KeystoreAttestation(
            ground.agency(),
            ground.ledger,
            ground.atRest,
            ground.config.releaseInForce().allowsSameClient());
  }

  @Override
  public Result<TransferLeadResponse> transfer(NodeName client, TransferLeadRequest request) {
    Optional<Problem> problem = ground.labelCheck.decision(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    OtherMachines machines = ground.around.machines();
    return machines
        .leads(request.getNode())
        .map(
            leads -> {
              if (!leads) {
                transferred(
                    AuditActor.client(ground.agency(), client, request.getOnBehalfOf()),
                    request.getNode());
                machines.passLeadTo(request.getNode());
              }
              return TransferLeadResponse.newBuilder().setBefore(leads).build();
            });
  }

  private void transferred(AuditActor actor, String node) {
    ground.ledger.commit(
        Lane.FLASH,
        tx -> {
          audit(tx, actor, "passes the lead of the cluster to " + node);
          return node;
        });
  }

  private static void audit(Transaction tx, AuditActor actor, String action) {
    tx.audit(
        AuditRecord.of(
                AuditType.OPERATOR_ACTION,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                actor,
                AuditSubject.NODE)
            .saying(action));
  }

  /** One at a time, so that the next one finds what the one before began. */
  @Override
  public synchronized Result<ChangeMachinesResponse> change(
      NodeName client, ChangeMachinesRequest request) {
    Optional<Problem> problem = ground.labelCheck.decision(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    AuditActor actor = AuditActor.client(ground.agency(), client, request.getOnBehalfOf());
    return MachineChange.of(request)
        .then(
            change ->
                hasLeft(change)
                    ? answer(true)
                    : ground
                        .around
                        .machines()
                        .isMade(change)
                        .then(done -> done ? answer(true) : make(actor, change)));
  }

  private boolean hasLeft(MachineChange change) {
    return change.joins().isEmpty() && ground.hasLeft(change.leaves());
  }

  private static Result<ChangeMachinesResponse> answer(boolean before) {
    return Result.done(ChangeMachinesResponse.newBuilder().setBefore(before).build());
  }

  private Result<ChangeMachinesResponse> make(AuditActor actor, MachineChange change) {
    boolean recorded = ground.ledger.commit(Lane.FLASH, tx -> recorded(tx, actor, change));
    if (!recorded) {
      return Result.refused(
          Code.INVALID_FIELD,
          "joins",
          change.joining() + " was a machine of this cluster before; a new one needs a new name");
    }
    ground.lookAtMachines();
    ground.around.machines().make(change);
    return answer(false);
  }

  /** Before the one gets keys, and the other is not asked about its own any more. */
  private static boolean recorded(Transaction tx, AuditActor actor, MachineChange change) {
    if (change.joins().isPresent()) {
      byte[] key = FormerMachines.key(change.joining());
      byte[] before = tx.get(Table.META, key);
      if (before != null && !Arrays.equals(before, FormerMachines.value(Step.JOINS))) {
        return false;
      }
      tx.put(Table.META, key, FormerMachines.value(Step.JOINS));
    }
    if (!change.adds()) {
      tx.put(Table.META, FormerMachines.key(change.leaves()), FormerMachines.value(Step.LEAVES));
    }
    audit(tx, actor, change.action());
    return true;
  }

  @Override
  public synchronized Result<AttestDestroyedResponse> attestDestroyed(
      NodeName client, AttestDestroyedRequest request) {
    KeystoreAttestation.Machines machines = ground.machines();
    Optional<Problem> problem =
        ground
            .labelCheck
            .decision(request.getOnBehalfOf())
            .or(() -> machines.problem(request.getNode()));
    Result<KeystoreAttestation.Stated> stated =
        Result.unless(
            problem,
            () ->
                attestation.attest(
                    request.getNode(),
                    machines,
                    new KeystoreAttestation.Statement(client, request.getOnBehalfOf())));
    return stated.map(this::answer);
  }

  private AttestDestroyedResponse answer(KeystoreAttestation.Stated stated) {
    if (stated.both()) {
      ground.lookAtMachines();
      attested.run();
    }
    return AttestDestroyedResponse.newBuilder()
        .setAttested(stated.both())
        .setFirstOfficer(stated.first().getOfficer())
        .setFirstClient(stated.first().getClient())
        .setFirstAtMs(stated.first().getAtMs())
        .build();
  }
}
