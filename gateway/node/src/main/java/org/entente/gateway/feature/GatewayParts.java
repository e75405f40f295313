package org.entente.gateway.feature;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.deliver.MessageOpening;
import org.entente.gateway.deliver.MessageVisibility;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.trust.TrustBundle;

/** What features work with. All parts are safe for use by several threads. */
public record GatewayParts(
    Settings settings,
    Identity identity,
    Ledger ledger,
    Records records,
    Rules rules,
    Outgoing outgoing,
    Environment environment) {

  /**
   * What the operator configured.
   *
   * @param clients the clients in force, which may change while the node runs; {@code config} has
   *     those with which it was set up
   */
  public record Settings(NodeConfig config, Supplier<List<NodeConfig.Client>> clients) {}

  /** This gateway and its signing key. */
  public record Identity(
      FederationName federation, AgencyName agency, NodeName gateway, Ed25519SigningKey key) {}

  /** Stored records and who may read them. */
  public record Records(
      RecordSeal atRest,
      EvidenceRecords evidence,
      InboxOpener inbox,
      KeptLabels received,
      Desks desks,
      AuditTrail audit) {}

  /**
   * The audit log.
   *
   * @param archive all logs of this gateway
   */
  public record AuditTrail(AuditLog log, LeafOpener opener, LogArchive archive) {}

  /**
   * The rules in force and the keys of others.
   *
   * @param pairs the pairs with which an agency may sign now
   * @param bundle the trust bundle in force
   */
  public record Rules(
      LabelCheck labels,
      Supplier<Policy> policy,
      PeerKeys peerKeys,
      AgencyPairSource pairs,
      Supplier<TrustBundle> bundle) {}

  /** Seals and queues what this gateway itself sends, and knows which links lead to whom. */
  public record Outgoing(Dispatch dispatch, OutboundSealer sealer, RoutingTable routes) {}

  /**
   * Time, chance, threads and metrics.
   *
   * @param ending the time by which something ends; it never jumps ahead
   * @param files the attachments of other machines
   */
  public record Environment(
      InstantSource clock,
      InstantSource ending,
      SecureRandom random,
      Executor workers,
      FileMirror files,
      Meters meters) {}

  /** The configuration with which the node was set up. */
  public NodeConfig config() {
    return settings.config();
  }

  /** The clients in force now. */
  public List<NodeConfig.Client> clients() {
    return settings.clients().get();
  }

  /** This agency. */
  public AgencyName self() {
    return identity.agency();
  }

  /** Opens received messages for persons. */
  public MessageOpening opening() {
    return new MessageOpening(
        self(),
        ledger,
        new MessageVisibility(ledger, records.inbox(), records.evidence()),
        records.desks(),
        rules.labels(),
        environment.meters());
  }

  /** Whether a client has a scope now. */
  public boolean has(String client, Scope scope) {
    return clients().stream()
        .anyMatch(one -> one.name().equals(client) && one.scopes().contains(scope.toString()));
  }

  /** Whether some client has a scope now. */
  public boolean someoneHas(Scope scope) {
    // No stream: some callers look for each message that arrives.
    for (NodeConfig.Client one : clients()) {
      if (one.scopes().contains(scope.toString())) {
        return true;
      }
    }
    return false;
  }

  /** Whether this agency has a client of this name now. */
  public boolean isClient(String name) {
    return clients().stream().anyMatch(one -> one.name().equals(name));
  }
}
