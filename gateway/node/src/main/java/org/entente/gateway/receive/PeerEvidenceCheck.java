package org.entente.gateway.receive;

import com.google.protobuf.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.EvidenceItem;

/**
 * Filters a member's evidence: only statements of a recipient about itself and a message that this
 * agency sent it count. Ignores others (about messages not sent to it, about other recipients, and
 * kinds that only this gateway states, such as submission and relay), and uses that are known or
 * too many, so that the ledger's writer does not deal with them. Safe for many threads.
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
    return items.stream()
        .filter(item -> isOfItself(member, item))
        .map(PeerEvidenceCheck::known)
        .flatMap(item -> sentTo(member, item))
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
            .setAlsoRetrievedMore(item.getAlsoRetrievedMore());
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

  /** The item about those of its messages that the member was sent. */
  private Stream<EvidenceItem> sentTo(AgencyName member, EvidenceItem item) {
    List<MessageId> ids = EvidenceMessages.of(item);
    List<MessageId> sent = ids.stream().filter(id -> sentTo(member, id).isPresent()).toList();
    if (sent.size() == ids.size()) {
      return Stream.of(item);
    }
    return sent.isEmpty() ? Stream.empty() : Stream.of(EvidenceMessages.about(sent, item));
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
              EVIDENCE_KIND_ERASURE ->
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

  /**
   * The facts of a message that this agency sent to a member; empty if there is none with this id.
   * A message is committed here before a recipient can state anything about it.
   */
  Optional<SentFacts> sentTo(AgencyName member, MessageId id) {
    return records.sent(book, id).filter(sent -> sent.getRecipientsList().contains(member.value()));
  }
}
