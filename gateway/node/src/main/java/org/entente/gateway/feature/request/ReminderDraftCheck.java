package org.entente.gateway.feature.request;

import java.time.InstantSource;
import java.util.Optional;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Checks a reminder of a request: it must name only agencies that owe an answer, have the request's
 * category and purpose, and be neither too frequent nor too early. Safe for use by several threads.
 */
final class ReminderDraftCheck {
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final RequestTable book;
  private final InstantSource clock;

  ReminderDraftCheck(Ledger ledger, EvidenceRecords evidence, InstantSource clock) {
    this.ledger = ledger;
    this.evidence = evidence;
    this.book = RequestTable.of(ledger);
    this.clock = clock;
  }

  static boolean isReminder(CheckedDraft draft) {
    return draft.label().getKind() == Kind.KIND_REQUEST
        && draft.content().whole().getRequest().getReminder();
  }

  /** Why a draft may not remind of a request; null if it may. */
  @Nullable Problem problem(MessageId id, CheckedDraft draft) {
    if (!isByName(draft.to())) {
      return new Problem(
          Code.INVALID_FIELD,
          "to",
          "must contain only agencies that owe an answer; the reminder goes to the desk that "
              + "received the request");
    }
    for (String agency : draft.to().getAgenciesList()) {
      Problem problem = problem(id, agency, draft);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private @Nullable Problem problem(MessageId id, String agency, CheckedDraft draft) {
    Label label = draft.label();
    Optional<Problem> problem =
        ReminderCheck.sent(
            book.read(new Name(Side.ASKED, id, agency)),
            agency,
            label,
            draft.content().whole().getRequest(),
            clock.millis());
    if (problem.isPresent()) {
      return problem.get();
    }
    SentPart asked = part(id, agency).orElse(SentPart.getDefaultInstance());
    if (label.getCategoryValue() != asked.getCategory()) {
      return mismatch("label.category", "must be that of the request");
    }
    return label.getPurposeValue() == asked.getPurpose()
        ? null
        : mismatch("label.purpose", "must be that of the request");
  }

  /** The agreement part under which an agency was sent the request. */
  Optional<SentPart> part(MessageId id, String agency) {
    return evidence
        .sent(ledger.evidence(), id)
        .flatMap(
            facts ->
                facts.getPartsList().stream()
                    .filter(part -> part.getRecipientsList().contains(agency))
                    .findFirst());
  }

  /** Whether it names only agencies. */
  static boolean isByName(Addressing to) {
    return to.getAgenciesCount() > 0
        && to.getJurisdictionsCount() == 0
        && !to.getWhomAgreementsAllow()
        && to.getOperation().isEmpty()
        && to.getDesksCount() == 0
        && !to.hasInformation();
  }

  private static Problem mismatch(String field, String message) {
    return new Problem(Code.LABEL_BODY_MISMATCH, field, message);
  }
}
