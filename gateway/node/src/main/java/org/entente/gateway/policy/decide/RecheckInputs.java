package org.entente.gateway.policy.decide;

/**
 * On what a message went out of which its label says nothing. Kept with it while it waits, so that
 * it can be held against rules that have changed since.
 *
 * @param secondPerson whether a second person released it
 * @param person whether it was said who sends it and why
 */
public record RecheckInputs(boolean secondPerson, boolean person) {
  /** Of what gateways make: nobody is asked for it. */
  static final RecheckInputs NONE = new RecheckInputs(false, false);

  /** What both have. */
  public RecheckInputs and(RecheckInputs other) {
    return new RecheckInputs(secondPerson && other.secondPerson, person && other.person);
  }
}
