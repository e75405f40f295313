package org.entente.gateway.node.assembly;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.console.ConsoleNode;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.rpc.ExplanationMapper;
import org.entente.gateway.rpc.tls.ClientTrust;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.PairState;

/** What the console reads of a core with its clients. */
record OpenNode(GatewayCore core, ClientTrust clients) implements ConsoleNode {
  @Override
  public Result<Identified> identify(List<X509Certificate> chain) {
    return clients.identify(chain);
  }

  @Override
  public Optional<Problem> recheck(Identified client) {
    return clients.recheck(client);
  }

  @Override
  public Account account(NodeName client) {
    return core.clients().of(client.value());
  }

  @Override
  public List<Links.Link> links() {
    return core.operatedLinks().list();
  }

  @Override
  public long queued(AgencyName peer, Lane lane) {
    return core.ledger().hops().head(peer, lane).next();
  }

  @Override
  public long taken(AgencyName peer, Lane lane) {
    return core.ledger().hopIntake().head(peer, lane).next();
  }

  @Override
  public List<EvidenceItem> evidence(MessageId message) {
    return core.evidence(message);
  }

  @Override
  public List<Destination> destinations() {
    return core.destinations();
  }

  @Override
  public Result<ExportResponse> export(
      Identified client, BooleanSupplier cancelled, ExportRequest request) {
    return core.exports().export(client, account(client.name()), cancelled, request);
  }

  @Override
  public Result<ExplainResponse> explain(Identified client, ExplainRequest request) {
    return core.intake()
        .explaining()
        .explain(client.name(), request)
        .map(ExplanationMapper::message);
  }

  @Override
  public List<Agreement> agreements() {
    return core.agreements();
  }

  @Override
  public List<PairState> pairs() {
    return core.pairs();
  }
}
