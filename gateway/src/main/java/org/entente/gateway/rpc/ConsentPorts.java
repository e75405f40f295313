package org.entente.gateway.rpc;

import org.entente.gateway.consent.Asking;
import org.entente.gateway.consent.Consents;
import org.entente.gateway.consent.Deciding;

/**
 * What stands behind the service Consent.
 *
 * @param asking asks originators
 * @param deciding decides what others ask
 * @param consents shows both
 */
public record ConsentPorts(Asking asking, Deciding deciding, Consents consents) {}
