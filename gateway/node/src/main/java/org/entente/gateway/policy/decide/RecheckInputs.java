package org.entente.gateway.policy.decide;

/**
 * What the permission of a message rested on beyond its label. Stored with the message while it
 * waits, so that it can be rechecked when rules change.
 *
 * @param secondPerson whether a second person released it
 * @param person whether it names the sender and a justification
 */
public record RecheckInputs(boolean secondPerson, boolean person) {
  /** For messages that gateways make: these checks do not apply to them. */
  static final RecheckInputs NONE = new RecheckInputs(false, false);

  /** True where both are. */
  public RecheckInputs and(RecheckInputs other) {
    return new RecheckInputs(secondPerson && other.secondPerson, person && other.person);
  }
}
