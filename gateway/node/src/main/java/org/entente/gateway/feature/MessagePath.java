package org.entente.gateway.feature;

import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeParts;

/** The ends of a message's path at this gateway, and what operators change of it. */
public record MessagePath(
    Intake intake, IntakeParts parts, Subscriptions subscriptions, Administration administration) {
  /**
   * Sends messages that the gateway itself makes.
   *
   * @param slot prefix under which outcomes are remembered; it ends with a slash
   */
  public GatewayMessageSender sender(String slot) {
    return new GatewayMessageSender(parts, intake, slot);
  }
}
