package org.entente.gateway.link;

import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.account.Account;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.proto.link.v1.Notice;

/**
 * What the link needs from the rest of the gateway. Thread-safe; called on workers, never on gRPC's
 * threads. Nothing here waits for a peer. {@link #queue}, {@link #intake}, {@link #account} and
 * {@link #admits} do not call the link back.
 */
public interface LinkPorts {
  /** Whether a gateway may have streams now, by the trust bundle and configuration in force. */
  boolean admits(PeerName peer);

  /** What an agency uses of this gateway. */
  Account account(AgencyName peer);

  /** Version of the trust bundle in force. */
  long bundleVersion();

  /** Term in which this node leads its gateway, below 2^62; 0 if the gateway is one node. */
  default long term() {
    return 0;
  }

  /** The send queue for a peer on a lane; called once per peer and lane. */
  HopQueue queue(AgencyName peer, Lane lane);

  /** The receive state for a peer on a lane; called once per peer and lane. */
  HopIntake intake(AgencyName peer, Lane lane);

  /** Handles a notice from a neighbour; its {@code from} and {@code to} are not checked yet. */
  void onNotice(AgencyName neighbour, Notice notice);

  /** Handles a neighbour's trust message; only its form has been checked. */
  void onTrust(AgencyName neighbour, TrustMessage word);

  /** What becomes of attachment frames. */
  default AttachmentTransfer attachments() {
    return AttachmentTransfer.NONE;
  }

  /** The control stream to the peer is open; its trust bundle has this version. */
  void onUp(PeerName peer, long bundleVersion);

  /** The control stream to the peer has ended; a later {@link #onUp} may follow. */
  void onDown(AgencyName peer);

  /** Counts a stream of an authenticated peer that this side refused or ended. */
  default void onRefusal(AgencyName peer, Code code) {}

  /**
   * The lane is stopped, in both directions, until {@link PeerLinks#resume}: data received or
   * acknowledged contradicts data stored.
   */
  void onAlarm(AgencyName peer, Lane lane, LaneAlarm alarm);

  /** The alarm that stopped a lane before the process started; called once. */
  default Optional<LaneAlarm> alarm(AgencyName peer, Lane lane) {
    return Optional.empty();
  }

  /** When this side paused the link to a peer; empty if it is not paused. */
  default Optional<Instant> paused(AgencyName peer) {
    return Optional.empty();
  }
}
