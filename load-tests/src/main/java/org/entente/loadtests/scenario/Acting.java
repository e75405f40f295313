package org.entente.loadtests.scenario;

import org.entente.proto.v1.OnBehalfOf;

/** Who acts in a call, as scenarios write it. */
final class Acting {
  private Acting() {}

  static OnBehalfOf person(String officer, String justification) {
    return OnBehalfOf.newBuilder().setOfficer(officer).setJustification(justification).build();
  }
}
