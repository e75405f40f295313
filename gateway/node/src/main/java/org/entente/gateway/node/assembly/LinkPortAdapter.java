package org.entente.gateway.node.assembly;

import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.account.Account;
import org.entente.gateway.link.AttachmentTransfer;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.link.HopQueue;
import org.entente.gateway.link.LaneAlarm;
import org.entente.gateway.link.LinkPorts;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.node.files.TrustBundleMaintenance;
import org.entente.gateway.receive.NoticeAdmission;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.proto.link.v1.Notice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adapts the node's stages to the ports of the links. */
record LinkPortAdapter(
    Foundation ground,
    OutgoingStage outgoing,
    IncomingStage incoming,
    NoticeAdmission admission,
    TrustBundleMaintenance trust,
    LinkHolds holds,
    AttachmentTransfer attachments)
    implements LinkPorts {
  private static final Logger LOG = LoggerFactory.getLogger(LinkPortAdapter.class);

  @Override
  public boolean admits(PeerName peer) {
    return outgoing.routes.links().contains(peer.agency())
        && ground.trust.current().isMember(peer.agency());
  }

  @Override
  public Account account(AgencyName peer) {
    return ground.agencies.of(peer.value());
  }

  @Override
  public long bundleVersion() {
    return ground.trust.current().version();
  }

  @Override
  public long term() {
    return ground.ledger.term();
  }

  @Override
  public HopQueue queue(AgencyName peer, Lane lane) {
    return outgoing.queue(peer, lane);
  }

  @Override
  public HopIntake intake(AgencyName peer, Lane lane) {
    return incoming.reception.intake(peer, lane);
  }

  @Override
  public void onNotice(AgencyName neighbour, Notice notice) {
    Optional<Code> refusal = admission.refusal(neighbour, notice);
    if (refusal.isPresent()) {
      onRefusal(neighbour, refusal.get());
    } else {
      incoming.notices.received(neighbour, notice);
    }
  }

  @Override
  public void onTrust(AgencyName neighbour, TrustMessage word) {
    trust.heard(neighbour, word);
  }

  @Override
  public void onUp(PeerName peer, long bundleVersion) {
    trust.up(peer.agency());
    incoming.notices.neighbourUp(peer.agency());
  }

  @Override
  public void onDown(AgencyName peer) {
    trust.down(peer);
  }

  @Override
  public void onAlarm(AgencyName peer, Lane lane, LaneAlarm alarm) {
    ground.around.meters().alarm(alarm.code());
    String text = InvalidValue.printable(alarm.text());
    LOG.error("ALARM {}: stopped {} of {}: {}", alarm.code(), lane, peer, text);
    holds.stopped(peer, lane, alarm);
  }

  @Override
  public Optional<LaneAlarm> alarm(AgencyName peer, Lane lane) {
    return holds.alarm(peer, lane);
  }

  @Override
  public Optional<Instant> paused(AgencyName peer) {
    return holds.paused(peer);
  }

  @Override
  public void onRefusal(AgencyName peer, Code code) {
    ground.around.meters().refused(Meters.Side.PEER, code);
  }
}
