package org.entente.gateway.receive;

import com.google.protobuf.Timestamp;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;

/**
 * Filters a member's evidence: only statements of a recipient about itself and a message that this
 * agency sent it count. Ignores others (about messages not sent to it, about other recipients, and
 * kinds that only this gateway states, such as submission and relay), and statements that are known
 * and uses that are too many, so that the ledger's writer does not deal with them. Safe for many
 * threads.
 */
final class PeerEvidenceCheck {
  private final EvidenceTable book;
  private final EvidenceRecords records;

  PeerEvidenceCheck(EvidenceTable book, EvidenceRecords records) {
    this.book = book;
    this.records = records;
  }

  /** The valid items of a member, in order. */
  List<EvidenceItem> of(AgencyName member, List<EvidenceItem> items) {
    List<EvidenceItem> own =
        items.stream()
            .filter(item -> isOfItself(member, item))
            .map(PeerEvidenceCheck::known)
            .toList();
    Set<MessageId> ids = new HashSet<>();
    own.forEach(item -> ids.addAll(EvidenceMessages.of(item)));
    // A message is committed here before a recipient can state anything about it.
    Set<MessageId> sent = records.sentTo(book, member.value(), ids);
    return own.stream()
        .flatMap(item -> newOf(sent, item))
        .filter(item -> !isKnownUse(item))
        .toList();
  }

  /** The item without the fields that its kind does not use, and those of a later version. */
  private static EvidenceItem known(EvidenceItem item) {
    EvidenceItem.Builder known =
        EvidenceItem.newBuilder()
            .setMessageId(item.getMessageId())
            .setFurtherMessageIds(item.getFurtherMessageIds())
            .setKind(item.getKind())
            .setAgency(item.getAgency())
            .setRecipient(item.getRecipient())
            .setAt(known(item.getAt()))
            .setCode(item.getCode())
            .setReason(item.getReason())
            .setHeaderHash(item.getHeaderHash());
    switch (item.getKind()) {
      case EVIDENCE_KIND_RETRIEVAL -> known.setRetrievedBy(item.getRetrievedBy());
      case EVIDENCE_KIND_ERASURE -> {
        known
            .setRetrievedBy(item.getRetrievedBy())
            .addAllAlsoRetrievedBy(item.getAlsoRetrievedByList())
            .setAlsoRetrievedMore(item.getAlsoRetrievedMore())
            .setAttestedMachines(item.getAttestedMachines());
        if (item.hasRetrievedAt()) {
          known.setRetrievedAt(known(item.getRetrievedAt()));
        }
      }
      case EVIDENCE_KIND_PASSED_ON ->
          known
              .addAllPassedOnTo(item.getPassedOnToList())
              .setPassedOnAs(item.getPassedOnAs())
              .setConsentId(item.getConsentId());
      default -> {
        // No further field.
      }
    }
    return known.build();
  }

  private static Timestamp known(Timestamp at) {
    return Timestamp.newBuilder().setSeconds(at.getSeconds()).setNanos(at.getNanos()).build();
  }

  /** The item about those of its messages that the member was sent and has not stated it of. */
  private Stream<EvidenceItem> newOf(Set<MessageId> sent, EvidenceItem item) {
    List<MessageId> ids = EvidenceMessages.of(item);
    List<MessageId> its = ids.stream().filter(sent::contains).toList();
    Set<MessageId> stated =
        EvidenceMessages.mayBeSeveral(item.getKind())
            ? book.stated(item.getKind(), item.getRecipient(), its)
            : Set.of();
    List<MessageId> left = its.stream().filter(id -> !stated.contains(id)).toList();
    if (left.size() == ids.size()) {
      return Stream.of(item);
    }
    return left.isEmpty() ? Stream.empty() : Stream.of(EvidenceMessages.about(left, item));
  }

  private static boolean isOfItself(AgencyName member, EvidenceItem item) {
    return item.getAgency().equals(member.value())
        && item.getRecipient().equals(member.value())
        && EvidenceMessages.isValid(item)
        && switch (item.getKind()) {
          case EVIDENCE_KIND_DELIVERY,
              EVIDENCE_KIND_NON_DELIVERY,
              EVIDENCE_KIND_RETRIEVAL,
              EVIDENCE_KIND_NON_RETRIEVAL,
              EVIDENCE_KIND_ERASURE,
              EVIDENCE_KIND_FETCHED ->
              true;
          case EVIDENCE_KIND_PASSED_ON ->
              item.getPassedOnAs().size() == MessageId.SIZE
                  && (item.getConsentId().isEmpty()
                      || item.getConsentId().size() == MessageId.SIZE);
          case EVIDENCE_KIND_UNSPECIFIED,
              EVIDENCE_KIND_SUBMISSION_ACCEPTANCE,
              EVIDENCE_KIND_SUBMISSION_REJECTION,
              EVIDENCE_KIND_RELAY_ACCEPTANCE,
              EVIDENCE_KIND_RELAY_REJECTION,
              EVIDENCE_KIND_RELAY_FAILURE,
              UNRECOGNIZED ->
              false;
        };
  }

  private boolean isKnownUse(EvidenceItem item) {
    byte[] use = EvidenceName.use(item);
    return EvidenceName.isUse(use) && book.hasUse(EvidenceName.of(item), use);
  }
}
