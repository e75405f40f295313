package org.entente.gateway.audit;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.note.KeyName;

/**
 * The identity of a gateway's log: the first line of its checkpoints and the name of its keys.
 *
 * <p>Printed as {@code entente/<federation>/<agency>/<gateway>}: no spaces, no plus, at most 178
 * bytes of ASCII, as C2SP tlog-checkpoint and tlog-cosignature ask.
 *
 * @param federation the federation
 * @param agency the agency whose log it is
 * @param gateway the gateway that writes it
 */
public record LogOrigin(FederationName federation, AgencyName agency, NodeName gateway) {

  /** The origin line. */
  public String line() {
    return "entente/" + federation + '/' + agency + '/' + gateway;
  }

  /** The name under which the log's keys sign. */
  public KeyName keyName() {
    return new KeyName(line());
  }

  @Override
  public String toString() {
    return line();
  }
}
