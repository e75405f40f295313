package org.entente.gateway.link;

import org.entente.gateway.model.Code;

/**
 * The reason a lane stopped: data received or acknowledged contradicts data stored.
 *
 * @param code stable code
 * @param text what was found, without content
 * @param bySender whether the sending half found it; otherwise the receiving half
 */
public record LaneAlarm(Code code, String text, boolean bySender) {}
