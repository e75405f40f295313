package org.entente.gateway.seal.statement;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;

/**
 * An agency that takes part in a joint operation.
 *
 * @param agency its name
 * @param role what it may do
 */
public record RosterMember(AgencyName agency, RosterRole role) {
  static RosterMember read(FieldReader in) {
    return new RosterMember(in.agency(), RosterRole.of(in.u8()));
  }

  void write(FieldWriter out) {
    out.text(agency.value()).u8(role.number());
  }
}
