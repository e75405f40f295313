package org.entente.gateway.feature.consent;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.ConsentGrant;
import org.entente.gateway.retention.RecordExpiry;
import org.entente.proto.v1.CarriedConsent;

/** Originators' consents to onward transfer. */
public final class ConsentFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Environment around = gateway.environment();
    ConsentRecords records = new ConsentRecords(gateway.records().atRest());
    registry.receive(new ReceivedConsents(notices(gateway, records), carried(gateway)));
    registry.grant(
        new Grants(
            new ConsentGrantLookup(gateway.ledger(), records),
            new ConsentAttachments(
                gateway.ledger(), records, gateway.rules().peerKeys(), gateway.rules().pairs())));
    registry.expire(now -> ConsentTable.of(gateway.ledger()).lapsing(now, RecordExpiry.AT_ONCE));
    registry.expire(now -> ConsentTable.of(gateway.ledger()).removal(now, RecordExpiry.AT_ONCE));
    ConsentParts parts = parts(gateway, records);
    ConsentRequests asking =
        new ConsentRequests(parts, mostUndecided(gateway), gateway.records().received()::label);
    ConsentDecisions deciding = new ConsentDecisions(parts);
    ConsentList list = new ConsentList(gateway.ledger(), records, around.clock());
    registry.offer(context -> new ConsentService(asking, deciding, list, context.names()));
  }

  private static int mostUndecided(GatewayParts gateway) {
    return gateway.config().limitsInForce().perAgencyInForce().undecidedConsents();
  }

  private static IncomingConsents notices(GatewayParts gateway, ConsentRecords records) {
    return new IncomingConsents(
        new IncomingConsents.Self(
            gateway.self(), gateway.identity().federation(), mostUndecided(gateway)),
        gateway.ledger(),
        gateway.records().evidence(),
        records,
        gateway.rules().peerKeys(),
        gateway.environment().clock());
  }

  private static CarriedConsentCheck carried(GatewayParts gateway) {
    return new CarriedConsentCheck(
        gateway.self(),
        gateway.identity().federation(),
        gateway.rules().pairs(),
        gateway.rules().peerKeys(),
        () -> gateway.rules().policy().get().membership());
  }

  private static ConsentParts parts(GatewayParts gateway, ConsentRecords records) {
    return new ConsentParts(
        gateway.identity(),
        new ConsentParts.Sending(
            gateway.ledger(), gateway.outgoing(), gateway.records().evidence()),
        records,
        gateway.rules().labels(),
        gateway.rules().policy(),
        gateway.environment().clock(),
        gateway.environment().random());
  }

  private record Grants(ConsentGrantLookup grants, ConsentAttachments attachments)
      implements IntakeParts.ConsentLookup {
    @Override
    public List<ConsentGrant> about(MessageId id) {
      return grants.of(id);
    }

    @Override
    public Optional<CarriedConsent> carried(MessageId consent) {
      return attachments.of(consent);
    }
  }
}
