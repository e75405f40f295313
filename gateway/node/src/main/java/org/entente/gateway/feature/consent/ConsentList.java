package org.entente.gateway.feature.consent;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.v1.ConsentEntry;
import org.entente.proto.v1.ConsentState;
import org.entente.proto.v1.ConsentTerms;
import org.jspecify.annotations.Nullable;

/** Lists consents of either side for people. Only reads. Safe for use by several threads. */
public final class ConsentList {
  private static final int AT_ONCE = 256;

  /** Consents that one page examines at most, so that a call costs no more than its price. */
  static final int EXAMINED = 1_000;

  private final Ledger ledger;
  private final ConsentRecords records;
  private final InstantSource clock;

  /** The consents in a ledger. */
  public ConsentList(Ledger ledger, ConsentRecords records, InstantSource clock) {
    this.ledger = ledger;
    this.records = records;
    this.clock = clock;
  }

  /**
   * Consents of a side, oldest first.
   *
   * @param next the last consent examined, behind which the next page begins; null for the last
   *     page
   */
  public record ConsentPage(List<ConsentEntry> consents, @Nullable MessageId next) {
    /** Copies the list. */
    public ConsentPage {
      consents = List.copyOf(consents);
    }
  }

  /**
   * At most this many consents of a side, behind one or from the oldest. It may be fewer although
   * others follow, since a page examines at most {@value #EXAMINED}.
   *
   * @param endedToo whether to include consents that were denied, revoked or have ended
   */
  public ConsentPage page(Side side, boolean endedToo, @Nullable MessageId after, int most) {
    List<ConsentEntry> out = new ArrayList<>();
    MessageId last = after;
    int examined = 0;
    List<ConsentTable.Entry> some = ConsentTable.of(ledger).page(side, last, AT_ONCE);
    while (!some.isEmpty()) {
      for (ConsentTable.Entry one : some) {
        if (out.size() == most || examined == EXAMINED) {
          return new ConsentPage(out, last);
        }
        examined++;
        last = one.id();
        // Unsealing is the dear part.
        if (endedToo || isAlive(side, one)) {
          entry(side, one).ifPresent(out::add);
        }
      }
      some = ConsentTable.of(ledger).page(side, last, AT_ONCE);
    }
    return new ConsentPage(out, null);
  }

  private boolean isAlive(Side side, ConsentTable.Entry one) {
    ConsentState state = state(side, one.id(), one.record());
    return state == ConsentState.CONSENT_STATE_OPEN || state == ConsentState.CONSENT_STATE_GRANTED;
  }

  private Optional<ConsentEntry> entry(Side side, ConsentTable.Entry one) {
    try {
      return records
          .facts(ConsentTable.place(side, one.id()), one.record())
          .map(facts -> entry(side, one, facts));
    } catch (CorruptRecord e) {
      return Optional.empty();
    }
  }

  private ConsentEntry entry(Side side, ConsentTable.Entry one, ConsentRecords.Facts facts) {
    ConsentRecord record = one.record();
    ConsentEntry.Builder out =
        ConsentEntry.newBuilder()
            .setConsentId(ByteString.copyFrom(one.id().bytes()))
            .setAgency(record.getAgency())
            .setAsked(facts.asked())
            .setAskedAt(Timestamps.fromMillis(record.getAskedAtMs()))
            .setState(state(side, one.id(), record))
            .setReason(facts.reason())
            .setExercise(record.getExercise());
    if (record.getDecidedAtMs() > 0) {
      out.setDecidedAt(Timestamps.fromMillis(record.getDecidedAtMs()));
    }
    ConsentStatement statement = facts.statement();
    if (statement != null) {
      out.setGranted(terms(statement.content().terms()))
          .setStatement(ByteString.copyFrom(statement.encoded()));
    }
    return out.build();
  }

  private ConsentState state(Side side, MessageId id, ConsentRecord record) {
    boolean over = record.getUntilMs() <= clock.millis();
    return switch (record.getStage()) {
      case CONSENT_STAGE_OPEN ->
          over || !ConsentTable.of(ledger).isUndecided(side, id, record)
              ? ConsentState.CONSENT_STATE_ENDED
              : ConsentState.CONSENT_STATE_OPEN;
      case CONSENT_STAGE_GRANTED ->
          over ? ConsentState.CONSENT_STATE_ENDED : ConsentState.CONSENT_STATE_GRANTED;
      case CONSENT_STAGE_DENIED -> ConsentState.CONSENT_STATE_DENIED;
      case CONSENT_STAGE_REVOKED -> ConsentState.CONSENT_STATE_REVOKED;
      case CONSENT_STAGE_UNSPECIFIED, UNRECOGNIZED -> ConsentState.CONSENT_STATE_UNSPECIFIED;
    };
  }

  /** The terms of a statement for people. */
  public static ConsentTerms terms(ConsentStatement.Terms terms) {
    return ConsentTerms.newBuilder()
        .addAllAgencies(terms.agencies().stream().map(AgencyName::value).toList())
        .addAllJurisdictions(terms.jurisdictions())
        .addAllPurposesValue(terms.purposes())
        .setUntil(Timestamps.fromMillis(terms.untilMs()))
        .build();
  }
}
