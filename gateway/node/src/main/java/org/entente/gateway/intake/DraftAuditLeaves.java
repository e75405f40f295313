package org.entente.gateway.intake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.transmit.OutboundSealer;
import org.jspecify.annotations.Nullable;

/** Writes audit leaves about drafts, each in the commit that it records. */
final class DraftAuditLeaves {
  /** Longest detail of a leaf, in characters. */
  private static final int LONGEST = 500;

  /** Most refused recipients that a leaf names. */
  private static final int NAMED = 16;

  private DraftAuditLeaves() {}

  /** What messages of one leaf have in common. */
  private record SharedFacts(AuditActor actor, List<String> withheld) {}

  /**
   * One leaf for each envelope, each client that published in it and each set of withheld fields: a
   * leaf shows nothing that is true of others of its messages only.
   */
  static void accepted(
      Transaction tx, List<Submission> round, List<OutboundSealer.ReadyEnvelope> sealed) {
    Map<MessageId, Submission> byId = new HashMap<>();
    round.forEach(submission -> byId.put(submission.id(), submission));
    for (OutboundSealer.ReadyEnvelope ready : sealed) {
      Map<SharedFacts, List<MessageId>> byFacts = new LinkedHashMap<>();
      String policyVersion = "";
      for (MessageId id : ready.messages()) {
        Submission submission = byId.get(id);
        if (submission != null) {
          List<String> withheld = withheld(submission, ready.key().agreement());
          SharedFacts facts = new SharedFacts(submission.actor(), withheld);
          byFacts.computeIfAbsent(facts, f -> new ArrayList<>()).add(id);
          policyVersion = submission.policyVersion();
        }
      }
      String decided = policyVersion;
      byFacts.forEach(
          (facts, ids) ->
              tx.audit(
                  AuditRecord.of(
                          AuditType.ACCEPTED,
                          LawCategory.DISCLOSURE,
                          now(tx),
                          facts.actor(),
                          AuditSubject.of(ready.envelope(), ids, ready.recipients())
                              .headed(ready.outgoing().headerHash()))
                      .under(ready.key().agreement(), decided)
                      .saying(words(facts.withheld()))));
    }
  }

  private static List<String> withheld(Submission submission, String agreement) {
    for (Permitted part : submission.parts()) {
      if (part.agreement().equals(agreement)) {
        return part.label().getRedactedList();
      }
    }
    return List.of();
  }

  private static String words(List<String> withheld) {
    if (withheld.isEmpty()) {
      return "";
    }
    String all = "without " + String.join(", ", withheld);
    return all.length() <= LONGEST ? all : all.substring(0, LONGEST - 1) + "…";
  }

  /**
   * One leaf for each received message whose content a submission passes on, and for each
   * agreement.
   */
  static void passedOn(Transaction tx, Submission submission) {
    for (OnwardContent.SourceMessage from : submission.passesOn().sources()) {
      MessageId source = from.id();
      for (Permitted part : submission.parts()) {
        String words = submission.passesOn().words(source, recipients(part));
        tx.audit(
            OnwardContent.leaf(now(tx), submission.actor(), part, source, submission.id())
                .saying(words));
      }
    }
  }

  private static List<AgencyName> recipients(Permitted part) {
    return part.permits().stream().map(Permit::recipient).toList();
  }

  /** A leaf for a message of this agency that a later one changed. */
  static void changed(Transaction tx, AuditActor actor, ChainLink step) {
    tx.audit(
        AuditRecord.of(
                AuditType.CHANGED,
                LawCategory.ALTERATION,
                now(tx),
                actor,
                new AuditSubject(null, List.of(step.target(), step.id()), List.of(), null))
            .saying(step.type().name()));
  }

  /** One leaf for each code; the evidence names each recipient. */
  static void refused(
      Transaction tx,
      AuditActor actor,
      @Nullable MessageId id,
      List<Refusal> refusals,
      String policyVersion) {
    Map<Code, List<Refusal>> byCode = new LinkedHashMap<>();
    refusals.forEach(one -> byCode.computeIfAbsent(one.code(), c -> new ArrayList<>()).add(one));
    byCode.forEach((code, some) -> refused(tx, actor, id, policyVersion, code, reasons(some)));
  }

  private static String reasons(List<Refusal> refusals) {
    String all =
        refusals.stream()
            .limit(NAMED)
            .map(one -> one.recipient() + " by rule " + one.rule())
            .collect(Collectors.joining("; "));
    return refusals.size() == 1 ? all : refusals.size() + " recipients: " + all;
  }

  /** A leaf for the refusal of the whole draft. */
  static void refused(
      Transaction tx,
      AuditActor actor,
      @Nullable MessageId id,
      String policyVersion,
      Code code,
      String detail) {
    tx.audit(
        AuditRecord.of(AuditType.REFUSED, LawCategory.NONE, now(tx), actor, subject(id))
            .under("", policyVersion)
            .refused(code, detail));
  }

  private static AuditSubject subject(@Nullable MessageId id) {
    return new AuditSubject(null, id == null ? List.of() : List.of(id), List.of(), null);
  }

  private static Instant now(Transaction tx) {
    return Instant.ofEpochMilli(tx.nowMillis());
  }
}
