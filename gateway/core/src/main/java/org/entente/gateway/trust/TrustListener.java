package org.entente.gateway.trust;

/** Whoever must act when another trust bundle comes into force, such as to close streams. */
@FunctionalInterface
public interface TrustListener {
  /**
   * Tells that {@code next} is in force instead of {@code old}.
   *
   * <p>Called on the thread that put it in force, after it is durable and visible, in the order of
   * versions; must not block and must not put another in force.
   *
   * @param old the bundle until now
   * @param next the bundle from now on
   */
  void onChange(TrustBundle old, TrustBundle next);
}
