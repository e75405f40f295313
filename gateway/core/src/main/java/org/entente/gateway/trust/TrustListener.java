package org.entente.gateway.trust;

/** Listener for changes of the trust bundle in force, such as to close streams. */
@FunctionalInterface
public interface TrustListener {
  /**
   * Called when {@code next} has replaced {@code old}.
   *
   * <p>Called on the thread that put it in force, after it is durable and visible, in the order of
   * versions; must not block and must not put another in force.
   *
   * @param old the previous bundle
   * @param next the bundle now in force
   */
  void onChange(TrustBundle old, TrustBundle next);
}
