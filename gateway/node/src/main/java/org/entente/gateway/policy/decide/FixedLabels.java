package org.entente.gateway.policy.decide;

import java.util.List;
import java.util.Set;
import org.entente.proto.v1.Kind;

/** Each {@link FixedLabel} that gateways make. */
public final class FixedLabels {
  public static final FixedLabel EVIDENCE = new FixedLabel(Kind.KIND_EVIDENCE, "evidence", 365);
  public static final FixedLabel RECALL = new FixedLabel(Kind.KIND_RECALL, "recall", 365);
  public static final FixedLabel CONSENT = new FixedLabel(Kind.KIND_CONSENT, "consent", 365);

  /** A list of responders counts for these days unless it is sent again. */
  public static final FixedLabel RESPONDERS = new FixedLabel(Kind.KIND_RESPONDERS, "responders", 7);

  public static final FixedLabel CHARGE = new FixedLabel(Kind.KIND_CHARGE, "charge", 365);

  /** The gateway's copy of the roster has its own end. */
  public static final FixedLabel ROSTER = new FixedLabel(Kind.KIND_ROSTER, "roster", 365);

  /** A roster that a member returns to the agency that signed it. */
  public static final FixedLabel ROSTER_BACK =
      new FixedLabel(Kind.KIND_ROSTER, "roster-given-back", 365);

  /** What they have in place of an agreement's id; no agreement may use one. */
  public static final Set<String> AGREEMENTS =
      Set.of(
          EVIDENCE.agreement(),
          RECALL.agreement(),
          CONSENT.agreement(),
          RESPONDERS.agreement(),
          CHARGE.agreement(),
          ROSTER.agreement(),
          ROSTER_BACK.agreement());

  private FixedLabels() {}

  /** Those that pass between any two members; {@link RosterMessages} has rules for the others. */
  public static List<FixedLabel> all() {
    return List.of(EVIDENCE, RECALL, CONSENT, RESPONDERS, CHARGE);
  }
}
