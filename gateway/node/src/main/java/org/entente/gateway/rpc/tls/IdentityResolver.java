package org.entente.gateway.rpc.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;

/** Resolves certificates to identities, by the trust bundle in force at the time of the call. */
public interface IdentityResolver {
  /** The identity behind these certificates, the holder's own first. */
  Result<Identified> identify(List<X509Certificate> chain);

  /** Why an identity is no longer valid; empty if it is valid. */
  Optional<Problem> recheck(Identified identified);
}
