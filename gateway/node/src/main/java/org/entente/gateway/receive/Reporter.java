package org.entente.gateway.receive;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;

/** Receives the events of reception after the commit; implementations are quick. */
public interface Reporter {
  /** Messages were committed for this agency's subscribers. */
  void arrived();

  /** The origin must be sent this agency's watermarks. */
  void reportTo(AgencyName origin);

  /** The origin must send these numbers again under new stanzas. */
  void askAgain(AgencyName origin, List<OriginNumber> numbers);

  /** This many numbers of an origin will never arrive, as it no longer has them queued. */
  void lost(AgencyName origin, Lane lane, long numbers);

  /** A peer's delivery was refused. */
  void refused(AgencyName peer, Code code);
}
