package org.entente.gateway.seal.statement;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;

/**
 * Frame of a signed statement: who makes it, for whom, and when. The signature covers it. Wire
 * format "frame of a statement".
 *
 * @param federation federation in which the statement holds
 * @param issuer agency that makes it
 * @param gateway the issuer's gateway that made it
 * @param addressee agency that it addresses; empty if it addresses all
 * @param issuedAtMs milliseconds since 1970
 */
public record StatementFrame(
    FederationName federation,
    AgencyName issuer,
    NodeName gateway,
    Optional<AgencyName> addressee,
    long issuedAtMs) {
  public StatementFrame {
    if (issuedAtMs < 0) {
      throw new IllegalArgumentException("a statement issued at " + issuedAtMs);
    }
  }

  /** The frame of a statement to one agency. */
  public static StatementFrame to(
      FederationName federation,
      AgencyName issuer,
      NodeName gateway,
      AgencyName addressee,
      long issuedAtMs) {
    return new StatementFrame(federation, issuer, gateway, Optional.of(addressee), issuedAtMs);
  }

  /** The frame of a statement to all agencies. */
  public static StatementFrame toAll(
      FederationName federation, AgencyName issuer, NodeName gateway, long issuedAtMs) {
    return new StatementFrame(federation, issuer, gateway, Optional.empty(), issuedAtMs);
  }

  static StatementFrame read(FieldReader in) {
    return new StatementFrame(
        in.federation(), in.agency(), in.node(), in.optionalAgency(), in.time());
  }

  void write(FieldWriter out) {
    out.text(federation.value())
        .text(issuer.value())
        .text(gateway.value())
        .text(addressee.map(AgencyName::value).orElse(""))
        .u64(issuedAtMs);
  }

  /** Whether the issuer addresses this agency in this federation. */
  public boolean isBetween(FederationName within, AgencyName from, AgencyName to) {
    return federation.equals(within) && issuer.equals(from) && addressee.equals(Optional.of(to));
  }
}
