package org.entente.loadtests.scenario.action;

import org.entente.proto.v1.OnBehalfOf;

/** Who acts in a call, as scenarios write it. */
public final class CallActor {
  private CallActor() {}

  public static OnBehalfOf person(String officer, String justification) {
    return OnBehalfOf.newBuilder().setOfficer(officer).setJustification(justification).build();
  }
}
