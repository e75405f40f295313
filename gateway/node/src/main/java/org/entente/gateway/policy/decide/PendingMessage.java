package org.entente.gateway.policy.decide;

import org.entente.proto.v1.Label;

/**
 * A complete message that waits.
 *
 * @param label the completed label, which names the agreement
 * @param bodyBytes size of the serialised body
 * @param grounds on what it went out
 */
public record PendingMessage(Label label, long bodyBytes, RecheckInputs grounds) {}
