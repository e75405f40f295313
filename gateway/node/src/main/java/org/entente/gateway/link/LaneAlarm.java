package org.entente.gateway.link;

import org.entente.gateway.model.Code;

/**
 * What stopped a lane: what was received or acknowledged contradicts what is stored.
 *
 * @param code stable code
 * @param text what was found, without content
 * @param bySender whether the sending half found it; otherwise the receiving half
 */
public record LaneAlarm(Code code, String text, boolean bySender) {}
