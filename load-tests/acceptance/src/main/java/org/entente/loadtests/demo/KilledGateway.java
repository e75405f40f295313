package org.entente.loadtests.demo;

import java.util.List;
import org.entente.loadtests.federation.AuditResult;

/** The gateway that the demonstration kills in mid-stream: on one machine, or on three. */
interface KilledGateway {
  /** The agency whose gateway it is. */
  String AGENCY = "de.customs";

  /** On which processes the gateways run. */
  String processes();

  /** Starts it and the gateways of others; all are ready on return. */
  void start(List<String> others) throws InterruptedException;

  /** Kills it, or the machine that leads; returns when the agency is served again. */
  Outage kill() throws InterruptedException;

  /** Its processes that ended unexpectedly. */
  List<String> crashed();

  /** Stops it in order and verifies its audit log. */
  AuditResult stopAndVerify() throws InterruptedException;
}
