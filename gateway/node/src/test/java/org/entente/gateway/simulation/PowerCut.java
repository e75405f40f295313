package org.entente.gateway.simulation;

/** Ends the process of a simulated node in the middle of what it does; nothing catches it. */
final class PowerCut extends Error {
  private static final long serialVersionUID = 1L;

  PowerCut() {
    super("power cut", null, false, false);
  }
}
