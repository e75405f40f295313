package org.entente.gateway.seal.statement;

import java.util.Optional;
import org.entente.gateway.seal.format.Stanza;

/**
 * A stanza and the announcement to send with it.
 *
 * @param stanza for one recipient
 * @param announcement of the stanza's session, until the recipient is known to hold it
 */
public record AddressedStanza(Stanza stanza, Optional<SessionAnnouncement> announcement) {}
