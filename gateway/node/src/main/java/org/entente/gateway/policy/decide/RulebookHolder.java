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
   * A policy whose training retention is fixed; the rest can be replaced.
   *
   * @param exercises how long recipients may keep training traffic from this agency, for the life
   *     of this object
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
   * Sets the generation of the policy in force; later policies are numbered from there. Call once,
   * before the first decision.
   *
   * @param first greater than the generation of every earlier policy
   */
  public synchronized void beginAt(long first) {
    generation = first;
    policy = made(policy.rulebook(), policy.membership(), policy.fulfilments());
  }

  /** The policy in force. */
  public Policy current() {
    return policy;
  }

  /** Puts another rulebook in force and keeps the membership. */
  public synchronized Policy rulebook(Rulebook next) {
    generation++;
    Policy made = made(next, policy.membership(), policy.fulfilments());
    policy = made;
    return made;
  }

  /**
   * Puts another membership in force and keeps the rulebook. A group or agency of the rulebook that
   * no longer exists expands to no agency.
   */
  public synchronized Policy membership(Membership next) {
    generation++;
    Policy made = made(policy.rulebook(), next, policy.fulfilments());
    policy = made;
    return made;
  }

  /**
   * Puts the agencies' latest declared fulfilments in force and keeps rulebook, membership and
   * cached rulings. If they are unchanged, the policy is kept.
   */
  public synchronized void fulfilments(FulfilmentSnapshot next) {
    if (!next.equals(policy.fulfilments())) {
      policy = policy.with(next);
    }
  }
}
