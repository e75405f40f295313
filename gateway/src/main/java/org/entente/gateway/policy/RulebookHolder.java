package org.entente.gateway.policy;

/**
 * The policy in force, replaced as a whole. A decision takes {@link #current()} once and uses that
 * to its end. Safe for use by several threads; reading never waits.
 */
public final class RulebookHolder {
  private final int cacheEntries;
  private volatile Policy policy;

  public RulebookHolder(Rulebook rulebook, Membership membership, int cacheEntries) {
    this.cacheEntries = cacheEntries;
    this.policy = new Policy(rulebook, membership, cacheEntries);
  }

  /** The policy in force. */
  public Policy current() {
    return policy;
  }

  /** Puts another rulebook in force; the membership stays. */
  public synchronized Policy rulebook(Rulebook next) {
    Policy made = new Policy(next, policy.membership(), policy.fulfilments(), cacheEntries);
    policy = made;
    return made;
  }

  /**
   * Puts another membership in force; the rulebook stays. A group or agency of the rulebook that is
   * no longer there stands for nobody.
   */
  public synchronized Policy membership(Membership next) {
    Policy made = new Policy(policy.rulebook(), next, policy.fulfilments(), cacheEntries);
    policy = made;
    return made;
  }

  /**
   * Takes up what agencies say now that they can fulfil; rulebook and membership stay. Nothing
   * changes, and no ruling is forgotten, where they say the same.
   */
  public synchronized void fulfilments(Fulfilments next) {
    if (!next.equals(policy.fulfilments())) {
      policy = new Policy(policy.rulebook(), policy.membership(), next, cacheEntries);
    }
  }
}
