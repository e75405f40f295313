package org.entente.gateway.node.console;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
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

  /** The agreements in force. */
  List<Agreement> agreements();

  /** The pairs with which the gateway signs. */
  List<PairState> pairs();
}
