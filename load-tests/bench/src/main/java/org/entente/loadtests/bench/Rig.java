package org.entente.loadtests.bench;

import java.security.SecureRandom;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.FreePorts;
import org.entente.loadtests.raw.RawChain;

/**
 * Both chains, in separate processes, so that compared figures are measured in turns on the same
 * machine.
 */
final class Rig implements AutoCloseable {
  private final Federation federation;
  private final GatewayChain gateways;
  private final FreePorts ports = new FreePorts(new SecureRandom());
  private final RawChain raw;

  /** Starts both chains; the federation's owner ends the gateways. */
  Rig(Federation federation) throws InterruptedException {
    this.federation = federation;
    DirectLink.start(federation);
    gateways = new GatewayChain(federation);
    raw =
        new RawChain(
            ports.address(),
            ports.address(),
            federation.gatewayCredentials(GatewayChain.FROM),
            Credentials.in(federation.credentials(GatewayChain.FROM, "declarations")));
  }

  GatewayChain gateways() {
    return gateways;
  }

  RawChain raw() {
    return raw;
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
    ports.close();
  }
}
