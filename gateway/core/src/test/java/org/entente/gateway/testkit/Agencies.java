package org.entente.gateway.testkit;

import org.entente.gateway.model.AgencyName;

/** Agencies of which tests speak. */
public final class Agencies {
  public static final AgencyName FR = new AgencyName("fr.customs");
  public static final AgencyName DE = new AgencyName("de.customs");
  public static final AgencyName SG = new AgencyName("sg.police");
  public static final AgencyName US = new AgencyName("us.cbp");

  /** A transit. */
  public static final AgencyName HUB = new AgencyName("x.hub");

  private Agencies() {}
}
