package org.entente.gateway.link;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.Endpoint;

/**
 * State of the link to one peer at one moment.
 *
 * @param peer the agency
 * @param up whether the control stream is open, so that notices can be sent
 * @param address where this gateway reached the peer; empty if the peer dialled, or is not up
 * @param pausedByPeer when the peer says that it paused the link, which may have gone down since
 * @param lastContact when anything was last received on any stream
 * @param lanes one entry per lane, highest first
 */
public record PeerStatus(
    AgencyName peer,
    boolean up,
    Optional<Endpoint> address,
    Optional<Instant> pausedByPeer,
    Optional<Instant> lastContact,
    List<LaneStatus> lanes) {}
