package org.entente.gateway.rpc;

import org.entente.gateway.consent.ConsentDecisions;
import org.entente.gateway.consent.ConsentList;
import org.entente.gateway.consent.ConsentRequests;

/**
 * What stands behind the service Consent.
 *
 * @param asking asks originators
 * @param deciding decides what others ask
 * @param consents shows both
 */
public record ConsentPorts(
    ConsentRequests asking, ConsentDecisions deciding, ConsentList consents) {}
