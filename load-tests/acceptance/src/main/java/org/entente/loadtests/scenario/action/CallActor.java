package org.entente.loadtests.scenario.action;

import org.entente.proto.v1.OnBehalfOf;

/** The acting person of a call, in the form of scenarios. */
public final class CallActor {
  private CallActor() {}

  public static OnBehalfOf person(String officer, String justification) {
    return OnBehalfOf.newBuilder().setOfficer(officer).setJustification(justification).build();
  }
}
