package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.CustodySeal;
import org.entente.gateway.seal.OpenedLabels;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.OpeningResult;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.store.v1.QuarantinedEnvelope;
import org.entente.proto.v1.Label;

/**
 * Keeps whole envelopes of a proven origin whose content this gateway fails to process: unchanged,
 * with the content key wrapped under the storage key of the day on which they end. Safe for many
 * threads.
 */
final class Custody {
  private final StorageKeys keys;
  private final CustodySeal seal;
  private final Opener opener;
  private final Quarantining setting;
  private final InstantSource clock;

  Custody(
      StorageKeys keys,
      SecureRandom random,
      Opener opener,
      Quarantining setting,
      InstantSource clock) {
    this.keys = keys;
    this.seal = new CustodySeal(random);
    this.opener = opener;
    this.setting = setting;
    this.clock = clock;
  }

  /** An opened envelope in its quarantined form. */
  InspectionResult.Failed failed(
      OpeningResult.Opened opened, InspectionResult.NewSession session, ProcessingFailure mishap) {
    OpenedLabels labels = opened.labels();
    Envelope envelope = labels.envelope();
    long now = clock.millis();
    long until = setting.until(now, envelope.header().facts().expiresAtMs());
    LocalDate lastDay =
        LocalDate.ofInstant(Instant.ofEpochMilli(Math.max(now, until)), ZoneOffset.UTC);
    QuarantinedEnvelope kept =
        QuarantinedEnvelope.newBuilder()
            .setHeader(ByteString.copyFrom(envelope.header().encoded()))
            .setSignature(ByteString.copyFrom(envelope.signature()))
            .setLabels(ByteString.copyFrom(envelope.labels()))
            .setBodies(ByteString.copyFrom(envelope.bodies()))
            .setSealedContentKey(ByteString.copyFrom(seal.seal(labels, keys.forBucket(lastDay))))
            .setBucketDay(lastDay.toEpochDay())
            .build();
    return new InspectionResult.Failed(
        opened.number(), session, mishap, messages(labels), kept.toByteString());
  }

  /**
   * Quarantines an envelope in the transaction that records its number; false if there is no room.
   */
  boolean put(Transaction tx, EnvelopeHeader header, InspectionResult.Failed failed) {
    QuarantineRecord.Builder record =
        QuarantineRecord.newBuilder()
            .setStep(QuarantineStep.QUARANTINE_STEP_RECEIVING)
            .setUntilMs(header.facts().expiresAtMs())
            .setAgency(header.facts().origin().value())
            .setLane(header.facts().lane().number())
            .setEpoch(failed.number().epoch())
            .setSequence(failed.number().sequence())
            .setHeaderHash(ByteString.copyFrom(header.hash()));
    failed.messages().forEach(id -> record.addMessageIds(ByteString.copyFrom(id.bytes())));
    return setting.put(tx, failed.mishap(), record, failed.envelope().toByteArray());
  }

  private static List<MessageId> messages(OpenedLabels labels) {
    List<MessageId> ids = new ArrayList<>();
    for (int i = 0; i < labels.count(); i++) {
      message(labels.label(i)).ifPresent(ids::add);
    }
    return ids;
  }

  /** The id in a label; empty if it cannot be read. */
  private static Optional<MessageId> message(ByteString label) {
    try {
      return Optional.of(MessageId.of(Label.parseFrom(label).getMessageId().toByteArray()));
    } catch (InvalidProtocolBufferException | InvalidValue e) {
      return Optional.empty();
    }
  }

  /**
   * A message of a quarantined envelope as it is to be kept: its later erasure erases the
   * quarantined copy, too.
   */
  static InspectionResult.Content released(
      InspectionResult.Content content, QuarantinedEnvelope from) {
    if (!(content instanceof InspectionResult.Kept kept)) {
      return content;
    }
    MessageLeaf leaf =
        CustodySeal.leaf(from.getSealedContentKey().toByteArray())
            .orElseThrow(() -> new CorruptRecord("QUARANTINE", null));
    return kept.with(
        kept.record().toBuilder()
            .setQuarantineLeaf(leaf.number())
            .setQuarantineDay(from.getBucketDay())
            .build());
  }

  /** The quarantined envelope, unchanged. */
  static QuarantinedEnvelope parse(byte[] content) {
    return CorruptRecord.parse(QuarantinedEnvelope.parser(), content, "QUARANTINE");
  }

  /**
   * Opens an envelope again; empty once its bucket's key is destroyed. The caller closes the
   * result.
   */
  Optional<OpenedLabels> open(QuarantinedEnvelope kept) {
    Envelope envelope =
        Envelope.of(
                kept.getHeader().toByteArray(),
                kept.getSignature().toByteArray(),
                kept.getLabels().toByteArray(),
                kept.getBodies().toByteArray())
            .orElseThrow(() -> new CorruptRecord("QUARANTINE", null));
    Optional<ContentKey> key =
        keys.existing(LocalDate.ofEpochDay(kept.getBucketDay()))
            .flatMap(
                bucket ->
                    CustodySeal.open(
                        envelope.header(), bucket, kept.getSealedContentKey().toByteArray()));
    Optional<OpenedLabels> labels = key.flatMap(open -> opener.openLabels(envelope, open));
    if (labels.isEmpty()) {
      key.ifPresent(ContentKey::close);
    }
    return labels;
  }
}
