package org.entente.gateway.node.console;

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
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.PairState;

/** What the console reads of a node that is open. Safe for many threads. */
public interface ConsoleNode {
  /** The client with this certificate chain. */
  Result<Identified> identify(List<X509Certificate> chain);

  /** Why a client that was identified before may not go on; empty if it may. */
  Optional<Problem> recheck(Identified client);

  /** The account that pays what a client asks. */
  Account account(NodeName client);

  /** The links, by peer. */
  List<Links.Link> links();

  /** Envelopes queued for a peer since the ledger began, also those that are acknowledged. */
  long queued(AgencyName peer, Lane lane);

  /** Envelopes taken from a peer since the ledger began. */
  long taken(AgencyName peer, Lane lane);

  /** The evidence of a message that the agency sent or received, in the order of its arrival. */
  List<EvidenceItem> evidence(MessageId message);

  /**
   * An agency to which mail can be addressed, or a linked one that the federation does not know.
   *
   * @param standing what it is to the federation
   * @param hops linked peers that lead there, best first: the agency itself if it is linked; none
   *     if there is no way
   * @param open lanes that take mail for it now
   */
  record Destination(AgencyName agency, Standing standing, List<AgencyName> hops, List<Lane> open) {
    /** What an agency is to the federation. */
    public enum Standing {
      /** It is in the trust bundle. */
      KNOWN,
      /** It is in the trust bundle and passes on mail of others. */
      TRANSIT,
      /** It is only in the configuration of this gateway. */
      UNKNOWN
    }

    /** Copies the lists. */
    public Destination {
      hops = List.copyOf(hops);
      open = List.copyOf(open);
    }
  }

  /** All agencies of the federation but this one, and links to others, by name. */
  List<Destination> destinations();

  /**
   * A page of the audit log, at the client's cost and on record.
   *
   * @param cancelled whether nobody waits for it any more
   */
  Result<ExportResponse> export(
      Identified client, BooleanSupplier cancelled, ExportRequest request);

  /** What policy would decide about a draft of a client; nothing is sent or kept. */
  Result<ExplainResponse> explain(Identified client, ExplainRequest request);

  /** The agreements in force. */
  List<Agreement> agreements();

  /** The pairs with which the gateway signs. */
  List<PairState> pairs();
}
