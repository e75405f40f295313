package org.entente.gateway.feature.consent;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.store.v1.ConsentStage;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Processes notices of consent from other agencies.
 *
 * <p>A request is accepted only from an agency that was sent all of the messages. An answer is
 * accepted only from the originator that was asked. A grant is accepted only if a gateway of the
 * originator signed the statement, and if the statement names this agency, this request and no
 * other messages. The first decision counts: a revoked or denied consent stays so, even if its
 * grant arrives later or repeatedly. Safe for use by several threads.
 */
public final class IncomingConsents {
  /** The longest time for which consent can be requested, plus some time in transit. */
  private static final Duration LONGEST = Duration.ofDays(366);

  private static final String RULE = "consent";

  private final AgencyName self;
  private final FederationName federation;
  private final int mostUndecided;
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final ConsentRecords records;
  private final PeerKeys peerKeys;
  private final InstantSource clock;

  /**
   * The agency of this gateway.
   *
   * @param mostUndecided undecided requests that it takes of one other agency
   */
  public record Self(AgencyName agency, FederationName federation, int mostUndecided) {}

  /** Processes notices for a ledger; statements are verified with known keys. */
  public IncomingConsents(
      Self self,
      Ledger ledger,
      EvidenceRecords evidence,
      ConsentRecords records,
      PeerKeys peerKeys,
      InstantSource clock) {
    this.self = self.agency();
    this.federation = self.federation();
    this.mostUndecided = self.mostUndecided();
    this.ledger = ledger;
    this.evidence = evidence;
    this.records = records;
    this.peerKeys = peerKeys;
    this.clock = clock;
  }

  /** Why a notice is not kept; empty if it is. Call it before the commit. */
  public Optional<Problem> refusal(AgencyName origin, Label label, ConsentNotice notice) {
    boolean exercise = Exercise.of(label);
    return switch (notice.getStepCase()) {
      case ASKED -> asked(origin, exercise, notice.getAsked());
      case GRANTED -> granted(origin, exercise, notice.getGranted().getStatement());
      case DENIED -> answered(origin, exercise, notice.getDenied().getConsentId());
      case REVOKED -> answered(origin, exercise, notice.getRevoked().getConsentId());
      case STEP_NOT_SET -> refused(Code.INVALID_FIELD, "the notice contains no step");
    };
  }

  private Optional<Problem> asked(AgencyName origin, boolean exercise, ConsentAsked asked) {
    for (MessageId message : ConsentRequests.messages(asked)) {
      if (!SentMessageCheck.to(origin, exercise, evidence.sent(ledger.evidence(), message))) {
        return refused(Code.NOT_FOUND, self + " sent " + origin + " no message " + message);
      }
    }
    long latest = clock.millis() + LONGEST.toMillis();
    if (Timestamps.toMillis(asked.getUntil()) > latest) {
      return refused(Code.INVALID_FIELD, "consent can be requested for 365 days at most");
    }
    return beyond(origin, ConsentTable.of(ledger).open(origin));
  }

  private Optional<Problem> beyond(AgencyName origin, int open) {
    return open < mostUndecided
        ? Optional.empty()
        : refused(
            Code.LIMIT_REACHED,
            "the limit of undecided requests of " + origin + " is reached: " + mostUndecided);
  }

  /**
   * The same in the transaction that would store it: others of its envelope may have reached the
   * limit since.
   */
  public Optional<Problem> refusal(Transaction tx, AgencyName origin, ConsentNotice notice) {
    return notice.hasAsked()
        ? beyond(origin, ConsentTable.of(ledger).open(tx, origin))
        : Optional.empty();
  }

  private Optional<Problem> granted(AgencyName origin, boolean exercise, ByteString bytes) {
    Optional<ConsentStatement> parsed = ConsentStatement.parse(bytes.toByteArray());
    if (parsed.isEmpty()) {
      return refused(Code.MALFORMED, "the statement cannot be parsed");
    }
    ConsentStatement statement = parsed.get();
    ConsentStatement.Content content = statement.content();
    boolean meant =
        content.federation().equals(federation)
            && content.grantor().equals(origin)
            && content.grantee().equals(self);
    if (!meant) {
      return refused(Code.HEADER_MISMATCH, "the statement is not from " + origin + " to " + self);
    }
    boolean signed =
        peerKeys
            .bundleOf(origin)
            .flatMap(bundle -> bundle.gateway(content.gateway()))
            .filter(gateway -> statement.isSignedBy(gateway.key()))
            .isPresent();
    if (!signed) {
      return refused(Code.BAD_SIGNATURE, "no gateway of " + origin + " signed the statement");
    }
    ConsentRecord record = known(origin, exercise, content.id());
    if (record == null) {
      return unknown(origin);
    }
    return ConsentTable.messages(record).containsAll(content.terms().messages())
        ? Optional.empty()
        : refused(Code.NOT_FOUND, "the statement names messages that were not in the request");
  }

  private Optional<Problem> answered(AgencyName origin, boolean exercise, ByteString id) {
    return known(origin, exercise, MessageId.of(id.toByteArray())) == null
        ? unknown(origin)
        : Optional.empty();
  }

  /** This agency's request to that originator under an id; null if there is none. */
  private @Nullable ConsentRecord known(AgencyName origin, boolean exercise, MessageId id) {
    ConsentRecord record = ConsentTable.of(ledger).read(Side.ASKER, id);
    boolean asked =
        record != null
            && record.getAgency().equals(origin.value())
            && record.getExercise() == exercise;
    return asked ? record : null;
  }

  private Optional<Problem> unknown(AgencyName origin) {
    return refused(Code.NOT_FOUND, self + " asked " + origin + " for no consent with this id");
  }

  private Optional<Problem> refused(Code code, String reason) {
    return Optional.of(new Problem(code, RULE, reason));
  }

  /**
   * Applies a notice, in the transaction that stores it.
   *
   * @param id the notice's message id
   */
  public void received(
      Transaction tx, AgencyName origin, MessageId id, boolean exercise, ConsentNotice notice) {
    switch (notice.getStepCase()) {
      case ASKED -> take(tx, origin, id, exercise, notice.getAsked());
      case GRANTED ->
          ConsentStatement.parse(notice.getGranted().getStatement().toByteArray())
              .ifPresent(statement -> grant(tx, origin, statement));
      case DENIED ->
          end(
              tx,
              origin,
              notice.getDenied().getConsentId(),
              new End(
                  AuditType.CONSENT_DENIED,
                  ConsentStage.CONSENT_STAGE_DENIED,
                  notice.getDenied().getReason()));
      case REVOKED ->
          end(
              tx,
              origin,
              notice.getRevoked().getConsentId(),
              new End(
                  AuditType.CONSENT_REVOKED,
                  ConsentStage.CONSENT_STAGE_REVOKED,
                  notice.getRevoked().getReason()));
      case STEP_NOT_SET -> {
        // Refused earlier.
      }
    }
  }

  /** An originator's gateway refused a request: nobody will decide on it. */
  void refused(Transaction tx, MessageId id, String originator) {
    ConsentTable table = ConsentTable.of(ledger);
    ConsentRecord record = table.read(tx, Side.ASKER, id);
    if (record != null && record.getAgency().equals(originator)) {
      table.end(tx, Side.ASKER, id, record);
    }
  }

  /** Records a recipient's statement that it passed a message on; only the first counts. */
  public void used(Transaction tx, EvidenceItem item) {
    AgencyName by = new AgencyName(item.getAgency());
    List<AgencyName> agencies = new ArrayList<>();
    agencies.add(by);
    item.getPassedOnToList().forEach(name -> agencies.add(new AgencyName(name)));
    boolean consented = EvidenceRecords.isUnderConsent(item);
    List<MessageId> messages =
        (consented
                ? Stream.of(item.getMessageId(), item.getConsentId(), item.getPassedOnAs())
                : Stream.of(item.getMessageId(), item.getPassedOnAs()))
            .map(id -> MessageId.of(id.toByteArray()))
            .toList();
    tx.audit(
        AuditRecord.of(
            consented ? AuditType.CONSENT_USED : AuditType.PASSED_ON,
            LawCategory.DISCLOSURE,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.gateway(by),
            new AuditSubject(null, messages, agencies, null)));
  }

  private void take(
      Transaction tx, AgencyName origin, MessageId id, boolean exercise, ConsentAsked asked) {
    if (ConsentTable.of(ledger).read(tx, Side.ORIGINATOR, id) == null) {
      ConsentRecord record =
          records.asked(
              ConsentTable.place(Side.ORIGINATOR, id), origin, asked, exercise, tx.nowMillis());
      ConsentTable.of(ledger).put(tx, Side.ORIGINATOR, id, record);
      List<MessageId> messages = ConsentRequests.messages(asked);
      AuditActor actor = AuditActor.gateway(origin);
      tx.audit(ConsentNotices.leaf(tx, AuditType.CONSENT_ASKED, actor, id, messages, origin));
    }
  }

  private void grant(Transaction tx, AgencyName origin, ConsentStatement statement) {
    MessageId id = statement.content().id();
    change(
        tx,
        origin,
        id,
        AuditType.CONSENT_GRANTED,
        (record, facts) ->
            record.getStage() == ConsentStage.CONSENT_STAGE_OPEN
                ? records.granted(
                    ConsentTable.place(Side.ASKER, id), record, facts, statement, tx.nowMillis())
                : null);
  }

  /** The end of a consent. */
  private record End(AuditType type, ConsentStage stage, String reason) {}

  private void end(Transaction tx, AgencyName origin, ByteString consent, End end) {
    MessageId id = MessageId.of(consent.toByteArray());
    boolean revoked = end.stage() == ConsentStage.CONSENT_STAGE_REVOKED;
    change(
        tx,
        origin,
        id,
        end.type(),
        (record, facts) ->
            record.getStage() == ConsentStage.CONSENT_STAGE_OPEN
                    || (revoked && record.getStage() == ConsentStage.CONSENT_STAGE_GRANTED)
                ? records.ended(
                    ConsentTable.place(Side.ASKER, id),
                    record,
                    facts,
                    end.stage(),
                    end.reason(),
                    tx.nowMillis())
                : null);
  }

  /** The change of a record; null to keep it. */
  private interface Step {
    @Nullable ConsentRecord of(ConsentRecord record, ConsentRecords.Facts facts);
  }

  /** Read again, since the same batch may have changed it. */
  private void change(Transaction tx, AgencyName origin, MessageId id, AuditType type, Step step) {
    ConsentRecord record = ConsentTable.of(ledger).read(tx, Side.ASKER, id);
    Optional<ConsentRecords.Facts> facts =
        record == null
            ? Optional.empty()
            : records.facts(ConsentTable.place(Side.ASKER, id), record);
    if (record == null || facts.isEmpty()) {
      return;
    }
    ConsentRecord next = step.of(record, facts.get());
    if (next != null) {
      ConsentTable.of(ledger).put(tx, Side.ASKER, id, next);
    }
    List<MessageId> messages = ConsentTable.messages(record);
    tx.audit(
        ConsentNotices.leaf(tx, type, AuditActor.gateway(origin), id, messages, origin)
            .saying(next == null ? "without effect: it was already decided" : ""));
  }
}
