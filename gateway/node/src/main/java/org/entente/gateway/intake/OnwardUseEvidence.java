package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/** Evidence for originators that their messages were passed on, and under which consent. */
final class OnwardUseEvidence {
  private OnwardUseEvidence() {}

  /**
   * Writes one item for each message, consent and group of recipients, in the commit that passes
   * the message on.
   */
  static void tell(Transaction tx, IntakeParts parts, Submission submission) {
    if (submission.passesOn().sources().isEmpty()) {
      return;
    }
    List<AgencyName> recipients =
        submission.parts().stream()
            .flatMap(part -> part.permits().stream().map(Permit::recipient))
            .distinct()
            .sorted()
            .toList();
    for (OnwardContent.SourceMessage source : submission.passesOn().sources()) {
      List<EvidenceItem> items = new ArrayList<>();
      underConsents(submission, source, recipients)
          .forEach(
              (consent, to) -> items.addAll(items(tx, parts, submission, source, consent, to)));
      if (!items.isEmpty()) {
        parts.records().evidence().owe(tx, parts.ledger().evidence(), source.originator(), items);
      }
    }
  }

  /** The originator itself is no third party. */
  private static Map<MessageId, List<String>> underConsents(
      Submission submission, OnwardContent.SourceMessage source, List<AgencyName> recipients) {
    Map<MessageId, List<String>> under = new TreeMap<>();
    for (AgencyName recipient : recipients) {
      if (!recipient.equals(source.originator())) {
        Set<MessageId> consents = submission.passesOn().consents(source.id(), recipient);
        (consents.isEmpty() ? Set.of(EvidenceRecords.NO_CONSENT) : consents)
            .forEach(
                consent ->
                    under
                        .computeIfAbsent(consent, unused -> new ArrayList<>())
                        .add(recipient.value()));
      }
    }
    return under;
  }

  private static List<EvidenceItem> items(
      Transaction tx,
      IntakeParts parts,
      Submission submission,
      OnwardContent.SourceMessage source,
      MessageId consent,
      List<String> recipients) {
    EvidenceItem item =
        parts
            .records()
            .evidence()
            .item(
                EvidenceKind.EVIDENCE_KIND_PASSED_ON,
                source.id(),
                parts.self().value(),
                new byte[0],
                tx.nowMillis())
            .toBuilder()
            .setPassedOnAs(ByteString.copyFrom(submission.id().bytes()))
            .setConsentId(ByteString.copyFrom(consent.bytes()))
            .build();
    List<EvidenceItem> items = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i += LabelCheck.MAX_AGENCIES) {
      int end = Math.min(recipients.size(), i + LabelCheck.MAX_AGENCIES);
      items.add(item.toBuilder().addAllPassedOnTo(recipients.subList(i, end)).build());
    }
    return items;
  }
}
