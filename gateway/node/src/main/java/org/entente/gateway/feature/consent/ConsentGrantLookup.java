package org.entente.gateway.feature.consent;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.ConsentGrant;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.entente.proto.v1.Purpose;

/**
 * Looks up the grants about received messages for policy, as committed at the time of the call.
 * Safe for use by several threads.
 */
public final class ConsentGrantLookup {
  /** Number of latest requests about one message that are inspected. */
  static final int LATEST = 64;

  private final Ledger ledger;
  private final ConsentRecords records;

  /** The grants in a ledger. */
  public ConsentGrantLookup(Ledger ledger, ConsentRecords records) {
    this.ledger = ledger;
    this.records = records;
  }

  /** The grants about a message, including ended ones, latest first. */
  public List<ConsentGrant> of(MessageId message) {
    List<ConsentGrant> out = new ArrayList<>();
    for (MessageId id : ConsentTable.of(ledger).about(message, LATEST)) {
      try {
        grant(message, id).ifPresent(out::add);
      } catch (CorruptRecord e) {
        // A record that cannot be read permits nothing.
      }
    }
    return out;
  }

  private Optional<ConsentGrant> grant(MessageId message, MessageId id) {
    ConsentRecord record = ConsentTable.of(ledger).read(Side.ASKER, id);
    if (record == null || !ConsentTable.messages(record).contains(message)) {
      return Optional.empty();
    }
    boolean revoked = record.getStage() == ConsentStage.CONSENT_STAGE_REVOKED;
    if (!revoked && record.getStage() != ConsentStage.CONSENT_STAGE_GRANTED) {
      return Optional.empty();
    }
    return records
        .facts(ConsentTable.place(Side.ASKER, id), record)
        .flatMap(facts -> Optional.ofNullable(facts.statement()))
        .map(ConsentStatement::content)
        .filter(content -> content.terms().messages().contains(message))
        .map(content -> grant(content, revoked));
  }

  private static ConsentGrant grant(ConsentStatement.Content content, boolean revoked) {
    ConsentStatement.Terms terms = content.terms();
    Set<Purpose> purposes = new LinkedHashSet<>();
    for (int number : terms.purposes()) {
      // A purpose of a later release permits nothing here.
      Optional.ofNullable(Purpose.forNumber(number)).ifPresent(purposes::add);
    }
    return new ConsentGrant(
        content.id(),
        content.grantor(),
        Set.copyOf(terms.agencies()),
        Set.copyOf(terms.jurisdictions()),
        purposes,
        Instant.ofEpochMilli(terms.untilMs()),
        revoked);
  }
}
