package org.entente.gateway.audit.record;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;

/**
 * Who caused the recorded event.
 *
 * @param agency the agency, this one or a peer
 * @param client its client or gateway; null where the gateway acted by itself
 * @param onBehalfOf the person behind a client's call; null where no person caused it
 */
public record AuditActor(
    AgencyName agency, @Nullable NodeName client, @Nullable AuditPerson onBehalfOf) {

  /** The agency's gateway itself, without a client or a person. */
  public static AuditActor gateway(AgencyName agency) {
    return new AuditActor(agency, null, null);
  }

  /** A client of an agency, with the person that it names. */
  public static AuditActor client(AgencyName agency, NodeName client, OnBehalfOf person) {
    String why = person.getJustification();
    AuditPerson behalf =
        person.getOfficer().isEmpty()
            ? null
            : new AuditPerson(person.getOfficer(), person.getUnit(), why.isEmpty() ? null : why);
    return new AuditActor(agency, client, behalf);
  }
}
