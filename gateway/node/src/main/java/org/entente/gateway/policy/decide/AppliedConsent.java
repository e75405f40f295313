package org.entente.gateway.policy.decide;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;

/**
 * That a message may go to a recipient although it passes on what its originator controls, since
 * that consents.
 *
 * @param consent by which the consent is named
 * @param grantor who consents
 * @param source the message that came
 * @param recipient who may have it
 */
public record AppliedConsent(
    MessageId consent, AgencyName grantor, MessageId source, AgencyName recipient) {}
