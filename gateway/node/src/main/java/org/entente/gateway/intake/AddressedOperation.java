package org.entente.gateway.intake;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.operation.HeldRosters;
import org.entente.gateway.operation.Participation;
import org.entente.gateway.operation.RosterRecords;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.seal.format.RosterStatement;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.OperationTask;
import org.jspecify.annotations.Nullable;

/**
 * A draft addressed to a joint operation, with the members of the newest stored roster. Other
 * drafts stay unchanged.
 *
 * @param lacking the problem if no member can receive it; null if there is none
 */
record AddressedOperation(CheckedDraft draft, @Nullable Problem lacking) {
  static AddressedOperation of(
      CheckedDraft draft, RosterRecords rosters, AgencyName self, Instant now) {
    if (draft.to().getOperation().isEmpty()) {
      return new AddressedOperation(draft, null);
    }
    OperationId id = OperationId.of(draft.to().getOperation().toByteArray());
    Optional<HeldRosters> held = rosters.held(id);
    if (held.isEmpty()) {
      return new AddressedOperation(
          draft,
          new Problem(
              Code.ROSTER_UNKNOWN,
              "to.operation",
              "no roster of operation " + id + " is stored here"));
    }
    boolean exercise = Exercise.of(draft.label());
    Participation.AddressResult addressed =
        Participation.addressed(held.get(), self, draft.named(), exercise, now);
    if (addressed instanceof Participation.AddressResult.NoMember nobody) {
      return new AddressedOperation(draft, nobody.problem());
    }
    RosterStatement roster = held.get().newest();
    List<AgencyName> recipients = ((Participation.AddressResult.Members) addressed).recipients();
    return new AddressedOperation(
        draft.within(id, roster.number(), roster.hash(), recipients),
        tasks(draft, roster.content()));
  }

  /** Only members can be given tasks. */
  private static @Nullable Problem tasks(CheckedDraft draft, RosterStatement.Content roster) {
    List<OperationTask> tasks = body(draft).getOperationUpdate().getTasksList();
    for (int i = 0; i < tasks.size(); i++) {
      AgencyName agency = new AgencyName(tasks.get(i).getAgency());
      if (roster.role(agency).isEmpty()) {
        return new Problem(
            Code.OPERATION_ROLE,
            "body.operation_update.tasks[" + i + "].agency",
            agency + " is not a member of the operation");
      }
    }
    return null;
  }

  private static Body body(CheckedDraft draft) {
    try {
      return Body.parseFrom(draft.body());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a body that this gateway checked cannot be parsed", e);
    }
  }
}
