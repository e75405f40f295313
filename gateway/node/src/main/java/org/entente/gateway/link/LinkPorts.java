package org.entente.gateway.link;

import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.trust.TrustMessage;
import org.entente.proto.link.v1.Notice;

/**
 * What the link needs from the rest of the gateway. Thread-safe; called on workers, never on gRPC's
 * threads. Nothing here waits for a peer. {@link #queue}, {@link #intake} and {@link #admits} do
 * not call the link back.
 */
public interface LinkPorts {
  /** Whether a gateway may have streams now, by the trust bundle and configuration in force. */
  boolean admits(PeerName peer);

  /** Version of the trust bundle in force. */
  long bundleVersion();

  /** What waits for a peer on a lane; asked once per peer and lane. */
  HopQueue queue(AgencyName peer, Lane lane);

  /** What was taken from a peer on a lane; asked once per peer and lane. */
  HopIntake intake(AgencyName peer, Lane lane);

  /** A notice came from a neighbour; its own {@code from} and {@code to} are not checked yet. */
  void onNotice(AgencyName neighbour, Notice notice);

  /** A neighbour said something about trust bundles; nothing in it is checked but its form. */
  void onTrust(AgencyName neighbour, TrustMessage word);

  /** Notices to the peer go through from now on; its trust bundle has this version. */
  void onUp(PeerName peer, long bundleVersion);

  /** The control stream to the peer has ended; a later {@link #onUp} may follow. */
  void onDown(AgencyName peer);

  /** This side has refused or ended a stream of an authenticated peer; for counting. */
  default void onRefusal(AgencyName peer, Code code) {}

  /**
   * The lane is stopped, in both directions, until {@link PeerLinks#resume}: what was received or
   * acknowledged contradicts what is stored.
   */
  void onAlarm(AgencyName peer, Lane lane, LaneAlarm alarm);

  /** The alarm that had stopped a lane before the process started; asked once. */
  default Optional<LaneAlarm> alarm(AgencyName peer, Lane lane) {
    return Optional.empty();
  }

  /** Since when the link to a peer is paused by this side; empty if it is not. */
  default Optional<Instant> paused(AgencyName peer) {
    return Optional.empty();
  }

  /** The peer says that it has paused the link, or goes on. */
  default void onPause(AgencyName peer, boolean paused) {}
}
