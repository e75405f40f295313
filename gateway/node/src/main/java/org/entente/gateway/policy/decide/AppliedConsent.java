package org.entente.gateway.policy.decide;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;

/**
 * An originator's consent that lets a message go to a recipient although it passes on content that
 * the originator controls.
 *
 * @param consent the consent's id
 * @param grantor the originator that consents
 * @param source the source message that is passed on
 * @param recipient the agency that may receive it
 */
public record AppliedConsent(
    MessageId consent, AgencyName grantor, MessageId source, AgencyName recipient) {}
