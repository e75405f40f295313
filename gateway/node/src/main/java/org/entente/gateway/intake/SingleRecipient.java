package org.entente.gateway.intake;

import org.entente.proto.v1.Addressing;

/** Whether an addressing leads only to one agency or to its desks. */
public final class SingleRecipient {
  private SingleRecipient() {}

  public static boolean agency(String agency, Addressing to) {
    boolean itsDesks = to.getDesksList().stream().allMatch(it -> it.getAgency().equals(agency));
    Addressing others = to.toBuilder().clearDesks().build();
    boolean byDesks = to.getDesksCount() > 0 && others.equals(Addressing.getDefaultInstance());
    return itsDesks
        && (byDesks || others.equals(Addressing.newBuilder().addAgencies(agency).build()));
  }
}
