package org.entente.gateway.rpc.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.identity.Identification;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Problem;

/** Who is behind certificates, by the trust bundle in force at the moment of asking. */
public interface IdentityResolver {
  /** Says who holds these certificates, the holder's own first. */
  Identification identify(List<X509Certificate> chain);

  /** Empty if an identity still holds, otherwise why not. */
  Optional<Problem> recheck(Identified identified);
}
