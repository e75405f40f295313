package org.entente.gateway.node.assembly;

import java.util.Optional;
import org.entente.gateway.consent.Asking;
import org.entente.gateway.consent.CarriedConsents;
import org.entente.gateway.consent.Carrying;
import org.entente.gateway.consent.ConsentParts;
import org.entente.gateway.consent.ConsentRecords;
import org.entente.gateway.consent.Consents;
import org.entente.gateway.consent.Deciding;
import org.entente.gateway.consent.Grants;
import org.entente.gateway.consent.IncomingConsents;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.receive.InboxOpening;
import org.entente.gateway.receive.IngressCheck;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.rpc.ConsentPorts;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/** The originator's consent to passing on, with all that stands behind it. */
final class NodeConsent {
  final IncomingConsents incoming;
  final Grants grants;
  final KeptLabels received;

  /** What goes along with what is passed on. */
  final Carrying carrying;

  private final CarriedConsents carried;

  private final Asking asking;
  private final Deciding deciding;
  private final Consents consents;

  NodeConsent(NodeGround ground, NodeOutgoing out) {
    NodeCore.Surroundings around = ground.around;
    FederationName federation = new FederationName(ground.config.federation());
    ConsentRecords records = new ConsentRecords(ground.atRest);
    received =
        new KeptLabels(
            ground.ledger,
            new InboxOpening(ground.storageKeys, ground.ledger.inbox()),
            ground.desks);
    incoming =
        new IncomingConsents(
            ground.agency(),
            federation,
            ground.ledger,
            ground.evidence,
            records,
            out.sealing.peerKeys,
            around.clock());
    grants = new Grants(ground.ledger, records);
    carrying = new Carrying(ground.ledger, records, out.sealing.peerKeys, out::pairsInForce);
    carried =
        new CarriedConsents(
            ground.agency(),
            federation,
            out::pairsInForce,
            out.sealing.peerKeys,
            () -> ground.policy.holder().current().membership());
    consents = new Consents(ground.ledger, records, around.clock());
    ConsentParts parts =
        new ConsentParts(
            ground.agency(),
            ground.ledger,
            out.dispatch,
            out.outbound,
            ground.evidence,
            records,
            ground.labelCheck,
            ground.policy.holder()::current,
            received::label,
            new ConsentParts.Signer(federation, ground.self.node(), out.sealing.gatewayKey),
            around.clock(),
            around.random());
    asking = new Asking(parts);
    deciding = new Deciding(parts);
  }

  /** What policy lets in, held against what is known of consents besides. */
  IngressCheck checking(IngressCheck policy) {
    return (origin, label, body) ->
        policy.refusal(origin, label, body).or(() -> consent(origin, label, body));
  }

  private Optional<Refusal> consent(AgencyName origin, Label label, Body body) {
    return body.hasConsent()
        ? incoming.refusal(origin, label, body.getConsent())
        : carried.refusal(origin, label, body);
  }

  /** What clients may ask for. */
  ConsentPorts ports() {
    return new ConsentPorts(asking, deciding, consents);
  }
}
