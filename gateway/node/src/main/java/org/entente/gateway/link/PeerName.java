package org.entente.gateway.link;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;

/** One gateway of an agency, as its certificate names it. */
public record PeerName(AgencyName agency, NodeName node) {
  @Override
  public String toString() {
    return agency + "/" + node;
  }
}
