package org.entente.gateway.simulation;

/** Ends the process of a simulated node in the middle of what it does; nothing catches it. */
public final class PowerCut extends Error {
  private static final long serialVersionUID = 1L;

  /** Thrown where the process is. */
  public PowerCut() {
    super("power cut", null, false, false);
  }
}
