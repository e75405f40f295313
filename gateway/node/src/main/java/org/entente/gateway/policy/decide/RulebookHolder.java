package org.entente.gateway.policy.decide;

import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Rulebook;

/**
 * The policy in force, replaced as a whole. A decision takes {@link #current()} once and uses that
 * to its end. Safe for use by several threads; reading never waits.
 */
public final class RulebookHolder {
  private final ExerciseRetention exercises;
  private final int cacheEntries;
  private long generation;
  private volatile Policy policy;

  /** A policy with no rule of its own for training traffic. */
  public RulebookHolder(Rulebook rulebook, Membership membership, int cacheEntries) {
    this(rulebook, membership, ExerciseRetention.NONE, cacheEntries);
  }

  /**
   * A policy of which all but one thing can be replaced.
   *
   * @param exercises how long recipients may keep what this agency sends as training, as long as
   *     this lives
   */
  public RulebookHolder(
      Rulebook rulebook, Membership membership, ExerciseRetention exercises, int cacheEntries) {
    this.exercises = exercises;
    this.cacheEntries = cacheEntries;
    this.policy = made(rulebook, membership, FulfilmentSnapshot.UNKNOWN);
  }

  private Policy made(Rulebook rulebook, Membership membership, FulfilmentSnapshot fulfilments) {
    return new Policy(rulebook, membership, fulfilments, exercises, cacheEntries, generation);
  }

  /**
   * Says that the policy in force is this one of its node, and that those that follow it are
   * counted from there. To be called once, before anything is decided.
   *
   * @param first above that of every policy that was in force before
   */
  public synchronized void beginAt(long first) {
    generation = first;
    policy = made(policy.rulebook(), policy.membership(), policy.fulfilments());
  }

  /** The policy in force. */
  public Policy current() {
    return policy;
  }

  /** Puts another rulebook in force; the membership stays. */
  public synchronized Policy rulebook(Rulebook next) {
    generation++;
    Policy made = made(next, policy.membership(), policy.fulfilments());
    policy = made;
    return made;
  }

  /**
   * Puts another membership in force; the rulebook stays. A group or agency of the rulebook that is
   * no longer there stands for nobody.
   */
  public synchronized Policy membership(Membership next) {
    generation++;
    Policy made = made(policy.rulebook(), next, policy.fulfilments());
    policy = made;
    return made;
  }

  /**
   * Takes up what agencies say now that they can fulfil; rulebook and membership stay. Nothing
   * changes, and no ruling is forgotten, where they say the same.
   */
  public synchronized void fulfilments(FulfilmentSnapshot next) {
    if (!next.equals(policy.fulfilments())) {
      policy = made(policy.rulebook(), policy.membership(), next);
    }
  }
}
