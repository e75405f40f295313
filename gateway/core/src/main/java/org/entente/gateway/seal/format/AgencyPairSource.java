package org.entente.gateway.seal.format;

import java.util.List;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;

/** Where the signing pairs of agencies are looked up: the trust bundle. Safe for many threads. */
@FunctionalInterface
public interface AgencyPairSource {
  /** The pairs of an agency, any of which may sign for it; none if it is no member. */
  List<VerifyingPair> of(AgencyName agency);
}
