package org.entente.gateway.receive;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;

/** What receiving sets off elsewhere; called after the commit, quick. */
public interface Reporter {
  /** Messages were committed for this agency's subscribers. */
  void arrived();

  /** The origin is to hear how far this agency's ledger has come. */
  void reportTo(AgencyName origin);

  /** The origin is to send these again under a new stanza. */
  void askAgain(AgencyName origin, List<OriginNumber> numbers);

  /** So many numbers of an origin will never come: it owes nothing for them any more. */
  void lost(AgencyName origin, Lane lane, long numbers);

  /** A peer's delivery was refused. */
  void refused(AgencyName peer, Code code);
}
