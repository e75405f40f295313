package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.Consented;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/** Evidence, owed to originators, that what they sent was passed on under their consent. */
final class Uses {
  private Uses() {}

  private record Use(MessageId consent, AgencyName grantor, MessageId source) {}

  /** One item for each consent and message, in the commit that passes it on. */
  static void tell(Transaction tx, IntakeParts parts, Submission submission) {
    Map<Use, List<String>> uses = new LinkedHashMap<>();
    for (Consented one : submission.passesOn().consented()) {
      uses.computeIfAbsent(
              new Use(one.consent(), one.grantor(), one.source()), use -> new ArrayList<>())
          .add(one.recipient().value());
    }
    uses.forEach(
        (use, recipients) ->
            parts
                .evidence()
                .owe(
                    tx,
                    parts.ledger().evidence(),
                    use.grantor(),
                    item(tx, parts, submission, use, recipients)));
  }

  private static EvidenceItem item(
      Transaction tx, IntakeParts parts, Submission submission, Use use, List<String> recipients) {
    return parts
        .evidence()
        .item(
            EvidenceKind.EVIDENCE_KIND_PASSED_ON,
            use.source(),
            parts.self().value(),
            new byte[0],
            tx.nowMillis())
        .toBuilder()
        .addAllPassedOnTo(recipients)
        .setPassedOnAs(ByteString.copyFrom(submission.id().bytes()))
        .setConsentId(ByteString.copyFrom(use.consent().bytes()))
        .build();
  }
}
