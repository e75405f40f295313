package org.entente.gateway.seal.format;

import java.util.List;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;

/** Source of agencies' signing pairs: the trust bundle. Safe for many threads. */
@FunctionalInterface
public interface AgencyPairSource {
  /** The pairs of an agency, each of which may sign for it; none if it is not a member. */
  List<VerifyingPair> of(AgencyName agency);
}
