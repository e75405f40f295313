package org.entente.gateway.node.console;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.node.doctor.DoctorReport;

/**
 * What the console shows.
 *
 * @param self this gateway
 * @param checks makes the checks of the running gateway; takes a while
 * @param node the node; empty while it is being reopened
 * @param nanos as {@link System#nanoTime}
 */
public record ConsoleSources(
    PeerName self,
    Meters meters,
    Readiness readiness,
    Supplier<DoctorReport> checks,
    Supplier<Optional<ConsoleNode>> node,
    InstantSource clock,
    LongSupplier nanos) {
  /** Agency and gateway. */
  String name() {
    return self.agency() + " " + self.node();
  }
}
