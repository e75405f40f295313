package org.entente.gateway.feature.consent;

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
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.store.v1.ConsentFacts;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.entente.proto.v1.ConsentAsked;
import org.jspecify.annotations.Nullable;

/**
 * Makes and opens the records of consents; their content is sealed at rest. They are kept as long
 * as evidence, counted from the request, which is longer than any consent lasts. Safe for use by
 * several threads.
 */
public final class ConsentRecords {
  private static final Duration KEPT = EvidenceRecords.KEPT;

  private final RecordSeal atRest;

  /** Records under the ledger's keys. */
  public ConsentRecords(RecordSeal atRest) {
    this.atRest = atRest;
  }

  /**
   * The content of a request and its answer.
   *
   * @param statement the grant; null if there is none
   * @param reason the reason of denial or revocation; empty if there is none
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

  /** The record after a grant. */
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

  /** The record after denial or revocation; an earlier grant is kept in it. */
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
