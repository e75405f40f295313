package org.entente.gateway.feature;

/** A part of the gateway that an agency could do without. */
public interface Feature {
  /** Registers what the feature consists of. Called once, before the gateway starts. */
  void wire(Registry registry);
}
