package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.TimestampConversion;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Redactions;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;

/**
 * The recipient's policy: decides whether a peer's message may be accepted. It applies the
 * agreement that the label names under the recipient's own rulebook, so a sender whose policy is
 * broken or dishonest gains nothing. Pure; safe for use by several threads.
 */
public final class IngressPolicy {
  private final RuleEvaluator rules;
  private final Membership membership;
  private final FulfilmentSnapshot fulfilments;
  private final RulingCache cache;
  private final RosterMessages rosters;
  private final String version;

  IngressPolicy(
      RuleEvaluator rules,
      Membership membership,
      FulfilmentSnapshot fulfilments,
      RulingCache cache,
      RosterMessages rosters,
      String version) {
    this.rules = rules;
    this.rosters = rosters;
    this.membership = membership;
    this.fulfilments = fulfilments;
    this.cache = cache;
    this.version = version;
  }

  /** The decision about one message. */
  public sealed interface Verdict {
    /**
     * The message may be accepted.
     *
     * @param agreement id of the agreement
     * @param retentionDays days it may be kept
     * @param policyVersion version of the recipient's policy
     */
    record Accepted(String agreement, int retentionDays, String policyVersion) implements Verdict {}

    /**
     * The message is refused.
     *
     * @param refusal what this node's log says
     * @param known whether the origin may know all of the refusal but conditions: it rests on the
     *     message alone, or on an agreement by which the origin may send to the recipient
     * @param policyVersion version of the recipient's policy
     */
    record Refused(Refusal refusal, boolean known, String policyVersion) implements Verdict {
      /** Said alike of an agreement of others and of one that does not exist. */
      private static final String NO_PARTY =
          "no agreement of this name lets the origin send to the recipient";

      /**
       * What the origin is told: that the recipient's policy refused it. It learns why, but for the
       * text of conditions, which may name others, and for agreements of others.
       */
      public Refusal forOrigin() {
        if (!known) {
          return told("", NO_PARTY);
        }
        return switch (refusal.code()) {
          case CONDITION_FALSE -> told(refusal.rule(), "CONDITION_FALSE: a condition is not met");
          case CONDITION_FAILED ->
              told("", "CONDITION_FAILED: a condition cannot be evaluated here");
          case NODE_RULE -> told("node", "NODE_RULE: " + refusal.reason());
          default -> told(refusal.rule(), refusal.code() + ": " + refusal.reason());
        };
      }

      private Refusal told(String rule, String reason) {
        return new Refusal(refusal.recipient(), Code.INGRESS_REFUSED, rule, reason);
      }
    }
  }

  /**
   * Decides about a message before its body is opened. The label is untrusted input.
   *
   * @param origin the agency that the envelope's signature proves
   * @param label the opened label
   * @param bodyBytes size of the serialised body
   * @param self the recipient
   * @param now this node's time
   */
  public Verdict decide(
      AgencyName origin, Label label, long bodyBytes, AgencyName self, Instant now) {
    if (!label.getOrigin().equals(origin.value())) {
      return refused(self, Code.HEADER_MISMATCH, "label/origin", "the label names another origin");
    }
    if (!membership.agencies().contains(origin)) {
      return refused(self, Code.UNKNOWN_PEER, "", origin + " is no member of the federation");
    }
    if (!label.hasExpiresAt() || !TimestampConversion.instant(label.getExpiresAt()).isAfter(now)) {
      return refused(self, Code.EXPIRED, "label/expires_at", "the message has expired");
    }
    for (FixedLabel fixed : FixedLabels.all()) {
      if (fixed.isOf(label)) {
        return fixed
            .refusal(label, origin, self, membership)
            .<Verdict>map(refusal -> new Verdict.Refused(refusal, true, version))
            .orElseGet(() -> accepted(label));
      }
    }
    if (FixedLabels.ROSTER.isOf(label)) {
      return rosters
          .refusal(label, origin, self, now)
          .<Verdict>map(refusal -> new Verdict.Refused(refusal, true, version))
          .orElseGet(() -> accepted(label));
    }
    if (label.getRetentionDays() <= 0) {
      return refused(
          self,
          Code.INVALID_FIELD,
          "label/retention_days",
          "the label names no retention; it must be at least 1 day");
    }
    // Checked in every case: a transit may have withheld our fulfilments, or the
    // sender lies.
    List<Obligation> lacking = fulfilments.of(self).lacking(label.getObligationsList());
    if (!lacking.isEmpty()) {
      return refused(
          self,
          Code.OBLIGATION_NOT_FULFILLED,
          "label/obligations",
          "this gateway does not fulfil " + EnumNames.words(lacking));
    }
    return verdict(new Transfer(label, bodyBytes, origin, self, now).complete());
  }

  /**
   * Decides about a message whose body is open: also checks that the body contains no field that
   * the agreement withholds.
   *
   * @param origin the agency that the envelope's signature proves
   * @param label the opened label
   * @param self the recipient
   * @param now this node's time
   */
  public Verdict decide(AgencyName origin, Label label, Body body, AgencyName self, Instant now) {
    Verdict verdict = decide(origin, label, body.getSerializedSize(), self, now);
    if (verdict instanceof Verdict.Refused) {
      return verdict;
    }
    return rules
        .coverage(label.getAgreement())
        .map(it -> it.agreement().redactions())
        .filter(Redactions::isOfBodies)
        .flatMap(redactions -> notWithheld(redactions, body))
        .<Verdict>map(
            reason ->
                refused(self, Code.NOT_REDACTED, label.getAgreement() + "/redactions", reason))
        .orElse(verdict);
  }

  private static Optional<String> notWithheld(Redactions redactions, Body body) {
    return body.hasDocument()
        ? Optional.of(
            "the body is a document, from which no field can be withheld; this agreement withholds "
                + redactions.words())
        : redactions
            .foundIn(body)
            .map(field -> "it contains " + field + ", which this agreement withholds");
  }

  private Verdict verdict(Transfer transfer) {
    Ruling ruling =
        cache.get(RulingFacts.Stage.INGRESS, transfer, it -> rules.underNamed(false, it));
    return ruling instanceof Ruling.Denied denied
        ? new Verdict.Refused(denied.refusal(), isBetween(transfer), version)
        : accepted(transfer.label());
  }

  private boolean isBetween(Transfer transfer) {
    return rules
        .coverage(transfer.label().getAgreement())
        .filter(it -> it.covers(transfer.origin(), transfer.recipient()))
        .isPresent();
  }

  private Verdict accepted(Label label) {
    return new Verdict.Accepted(label.getAgreement(), label.getRetentionDays(), version);
  }

  private Verdict refused(AgencyName self, Code code, String rule, String reason) {
    return new Verdict.Refused(new Refusal(self.value(), code, rule, reason), true, version);
  }
}
