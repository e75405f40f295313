package org.entente.gateway.consent;

import org.entente.gateway.consent.ConsentDecisions;
import org.entente.gateway.consent.ConsentList;
import org.entente.gateway.consent.ConsentRequests;

/**
 * The implementations behind the Consent service.
 *
 * @param asking requests consents from originators
 * @param deciding decides requests of others
 * @param consents lists both
 */
public record ConsentPorts(
    ConsentRequests asking, ConsentDecisions deciding, ConsentList consents) {}
