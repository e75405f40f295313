package org.entente.loadtests.bench;

import java.nio.file.Path;
import java.security.SecureRandom;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.FreePorts;
import org.entente.loadtests.raw.RawChain;
import org.jspecify.annotations.Nullable;

/**
 * Gateways and raw chains, in separate processes, so that compared figures are measured in turns on
 * the same machine.
 */
final class Rig implements AutoCloseable {
  private final Federation federation;
  private final GatewayChain gateways;
  private final FreePorts ports = new FreePorts(new SecureRandom());
  private final RawChain raw;
  private final RawChain durable;

  /** Starts both chains; the federation's owner ends the gateways. */
  Rig(Federation federation) throws InterruptedException {
    this.federation = federation;
    DirectLink.start(federation);
    gateways = new GatewayChain(federation);
    raw = raw(null);
    durable = raw(federation.plan(GatewayChain.FROM).folder().resolve("durable"));
  }

  private RawChain raw(@Nullable Path folder) throws InterruptedException {
    return new RawChain(
        ports.address(),
        ports.address(),
        federation.gatewayCredentials(GatewayChain.FROM),
        Credentials.in(federation.credentials(GatewayChain.FROM, "declarations")),
        folder);
  }

  GatewayChain gateways() {
    return gateways;
  }

  RawChain raw() {
    return raw;
  }

  /** The raw chain that syncs each message at both hops. */
  RawChain durable() {
    return durable;
  }

  /** The gateway that seals and sends. */
  Usage sender() {
    return new Usage(federation.pid(GatewayChain.FROM));
  }

  /** The gateway that receives and opens. */
  Usage recipient() {
    return new Usage(federation.pid(GatewayChain.TO));
  }

  /** A hop of the forwarding chain. */
  Usage hop() {
    return new Usage(raw.middle());
  }

  @Override
  public void close() {
    raw.close();
    durable.close();
    ports.close();
  }
}
