package org.entente.gateway.link;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;

/**
 * State of one lane to one peer at one moment.
 *
 * @param lane which lane
 * @param connected whether both sides have greeted each other on a stream
 * @param paused whether the operator holds it
 * @param stopped the alarm that stopped it until an operator resumes it
 * @param inFlight deliveries sent and not answered
 * @param inFlightBytes their size
 * @param lastContact when something was last received
 * @param roundTrip from sending a delivery to its receipt, smoothed; includes the peer's commit
 */
public record LaneStatus(
    Lane lane,
    boolean connected,
    boolean paused,
    Optional<Code> stopped,
    int inFlight,
    long inFlightBytes,
    Optional<Instant> lastContact,
    Optional<Duration> roundTrip) {}
