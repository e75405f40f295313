package org.entente.gateway.consent;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.format.ConsentStatement;
import org.entente.proto.store.v1.ConsentFacts;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.entente.proto.v1.ConsentAsked;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of consents and opens them; what was asked and answered is sealed at rest. They
 * are kept as long as evidence, counted from the asking, which is longer than any consent lasts.
 * Safe for many threads.
 */
public final class ConsentRecords {
  private static final Duration KEPT = EvidenceRecords.KEPT;

  private final RecordSeal atRest;

  /** Records under the ledger's keys. */
  public ConsentRecords(RecordSeal atRest) {
    this.atRest = atRest;
  }

  /**
   * What was asked and answered.
   *
   * @param statement what was granted; null if nothing was
   * @param reason why it was denied or revoked; empty if it was not
   */
  record Facts(ConsentAsked asked, @Nullable ConsentStatement statement, String reason) {}

  /** The record of what was just asked for. */
  ConsentRecord asked(
      RecordPlace place, AgencyName other, ConsentAsked asked, boolean exercise, long nowMillis) {
    long keptUntil = nowMillis + KEPT.toMillis();
    return ConsentRecord.newBuilder()
        .setStage(ConsentStage.CONSENT_STAGE_OPEN)
        .setAgency(other.value())
        .addAllMessageIds(asked.getMessageIdsList())
        .setExercise(exercise)
        .setAskedAtMs(nowMillis)
        .setUntilMs(Timestamps.toMillis(asked.getUntil()))
        .setKeptUntilMs(keptUntil)
        .setSealedFacts(seal(place, new Facts(asked, null, ""), keptUntil))
        .build();
  }

  /** The same once it is granted. */
  ConsentRecord granted(
      RecordPlace place,
      ConsentRecord record,
      Facts facts,
      ConsentStatement statement,
      long nowMillis) {
    return record.toBuilder()
        .setStage(ConsentStage.CONSENT_STAGE_GRANTED)
        .setUntilMs(statement.content().terms().untilMs())
        .setDecidedAtMs(nowMillis)
        .setSealedFacts(
            seal(place, new Facts(facts.asked(), statement, ""), record.getKeptUntilMs()))
        .build();
  }

  /** The same once it is denied or revoked; what was granted before is kept beside it. */
  ConsentRecord ended(
      RecordPlace place,
      ConsentRecord record,
      Facts facts,
      ConsentStage stage,
      String reason,
      long nowMillis) {
    return record.toBuilder()
        .setStage(stage)
        .setDecidedAtMs(nowMillis)
        .setSealedFacts(
            seal(
                place,
                new Facts(facts.asked(), facts.statement(), reason),
                record.getKeptUntilMs()))
        .build();
  }

  private ByteString seal(RecordPlace place, Facts facts, long keptUntil) {
    ConsentFacts.Builder out =
        ConsentFacts.newBuilder().setAsked(facts.asked().toByteString()).setReason(facts.reason());
    ConsentStatement statement = facts.statement();
    if (statement != null) {
      out.setStatement(ByteString.copyFrom(statement.encoded()));
    }
    return ByteString.copyFrom(
        atRest.seal(place, out.build().toByteArray(), Instant.ofEpochMilli(keptUntil)));
  }

  /** What a record says; empty once its key is gone. */
  Optional<Facts> facts(RecordPlace place, ConsentRecord record) {
    return atRest.open(place, record.getSealedFacts().toByteArray()).map(ConsentRecords::parse);
  }

  private static Facts parse(byte[] bytes) {
    try {
      ConsentFacts facts = ConsentFacts.parseFrom(bytes);
      ConsentStatement statement =
          ConsentStatement.parse(facts.getStatement().toByteArray()).orElse(null);
      return new Facts(ConsentAsked.parseFrom(facts.getAsked()), statement, facts.getReason());
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("CONSENT", e);
    }
  }
}
