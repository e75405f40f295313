package org.entente.gateway.feature.consent;

/**
 * The implementations behind the Consent service.
 *
 * @param asking requests consents from originators
 * @param deciding decides requests of others
 * @param consents lists both
 */
public record ConsentPorts(
    ConsentRequests asking, ConsentDecisions deciding, ConsentList consents) {}
