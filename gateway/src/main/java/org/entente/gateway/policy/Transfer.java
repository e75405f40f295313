package org.entente.gateway.policy;

import java.time.Instant;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Label;

/**
 * What policy decides on: a label on its way from one agency to another.
 *
 * @param label the label
 * @param bodyBytes size of the serialised body
 * @param origin who sends
 * @param recipient who would receive
 * @param now time of the decision
 */
record Transfer(
    Label label, long bodyBytes, AgencyName origin, AgencyName recipient, Instant now) {}
