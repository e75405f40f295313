package org.entente.gateway.policy.decide;

/**
 * On what a message went out of which its label says nothing. Kept with it while it waits, so that
 * it can be held against rules that have changed since.
 *
 * @param secondPerson whether a second person released it
 * @param person whether it was said who sends it and why
 */
public record Grounds(boolean secondPerson, boolean person) {
  /** Of what gateways make: nobody is asked for it. */
  static final Grounds NONE = new Grounds(false, false);

  /** What both have. */
  public Grounds and(Grounds other) {
    return new Grounds(secondPerson && other.secondPerson, person && other.person);
  }
}
