package org.entente.gateway.node.assembly;

import org.entente.gateway.consent.CarriedConsentCheck;
import org.entente.gateway.consent.ConsentAttachments;
import org.entente.gateway.consent.ConsentDecisions;
import org.entente.gateway.consent.ConsentGrantLookup;
import org.entente.gateway.consent.ConsentList;
import org.entente.gateway.consent.ConsentParts;
import org.entente.gateway.consent.ConsentRecords;
import org.entente.gateway.consent.ConsentRequests;
import org.entente.gateway.consent.IncomingConsents;
import org.entente.gateway.consent.ReceivedConsents;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.gateway.rpc.ConsentPorts;

/** Wires the parts that handle originators' consents to onward transfer. */
final class ConsentWiring {
  private final IncomingConsents incoming;
  final ConsentGrantLookup grants;
  final KeptLabels received;

  /** Attaches consents to messages passed on. */
  final ConsentAttachments carrying;

  private final CarriedConsentCheck carried;

  private final ConsentRequests asking;
  private final ConsentDecisions deciding;
  private final ConsentList consents;

  ConsentWiring(Foundation ground, OutgoingStage out) {
    NodeEnvironment around = ground.around;
    FederationName federation = new FederationName(ground.config.federation());
    ConsentRecords records = new ConsentRecords(ground.atRest);
    received =
        new KeptLabels(
            ground.ledger,
            new InboxOpener(ground.storageKeys, ground.ledger.inbox()),
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
    grants = new ConsentGrantLookup(ground.ledger, records);
    carrying =
        new ConsentAttachments(ground.ledger, records, out.sealing.peerKeys, out::pairsInForce);
    carried =
        new CarriedConsentCheck(
            ground.agency(),
            federation,
            out::pairsInForce,
            out.sealing.peerKeys,
            () -> ground.policy.holder().current().membership());
    consents = new ConsentList(ground.ledger, records, around.clock());
    ConsentParts parts = parts(ground, out, federation, records);
    asking = new ConsentRequests(parts);
    deciding = new ConsentDecisions(parts);
  }

  private ConsentParts parts(
      Foundation ground, OutgoingStage out, FederationName federation, ConsentRecords records) {
    NodeEnvironment around = ground.around;
    return new ConsentParts(
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
  }

  /** What is done with consents that other agencies send. */
  ReceptionHook reception() {
    return new ReceivedConsents(incoming, carried);
  }

  /** The consent operations offered to clients. */
  ConsentPorts ports() {
    return new ConsentPorts(asking, deciding, consents);
  }
}
