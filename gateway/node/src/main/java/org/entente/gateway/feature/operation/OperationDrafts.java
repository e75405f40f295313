package org.entente.gateway.feature.operation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.intake.DraftHook;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.proto.v1.OperationTask;
import org.jspecify.annotations.Nullable;

/**
 * Addresses drafts for a joint operation to the members of the newest stored roster, and stores
 * this agency's own updates. Other drafts stay unchanged. Safe for use by several threads.
 */
public final class OperationDrafts implements DraftHook {
  private final AgencyName self;
  private final RosterRecords rosters;
  private final OperationTable book;
  private final SentOperationUpdates updates;

  /** Addresses by stored rosters. */
  public OperationDrafts(
      AgencyName self, RosterRecords rosters, OperationTable book, RecordSeal atRest) {
    this.self = self;
    this.rosters = rosters;
    this.book = book;
    this.updates = new SentOperationUpdates(book, atRest);
  }

  @Override
  public void sent(Transaction tx, String client, List<Permitted> parts) {
    updates.keep(tx, parts);
  }

  @Override
  public void recalled(Transaction tx, MessageId message) {
    book.forgetSaid(tx, message);
  }

  @Override
  public Prepared explain(NodeName client, CheckedDraft draft, Instant now) {
    if (draft.to().getOperation().isEmpty()) {
      return new Prepared(draft, null);
    }
    OperationId id = OperationId.of(draft.to().getOperation().toByteArray());
    Optional<HeldRosters> held = rosters.held(id);
    if (held.isEmpty()) {
      return new Prepared(
          draft,
          new Problem(
              Code.ROSTER_UNKNOWN,
              "to.operation",
              "no roster of operation " + id + " is stored here"));
    }
    boolean exercise = Exercise.of(draft.label());
    RosterStatement roster = held.get().newest();
    return Participation.addressed(held.get(), self, draft.named(), exercise, now)
        .fold(
            recipients ->
                new Prepared(
                    draft.within(id, roster.number(), roster.hash(), recipients),
                    tasks(draft, roster.content())),
            nobody -> new Prepared(draft, nobody));
  }

  /** Only members can be given tasks. */
  private static @Nullable Problem tasks(CheckedDraft draft, RosterStatement.Content roster) {
    List<OperationTask> tasks = draft.content().whole().getOperationUpdate().getTasksList();
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
}
