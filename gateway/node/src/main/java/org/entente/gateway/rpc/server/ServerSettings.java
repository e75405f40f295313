package org.entente.gateway.rpc.server;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;

/**
 * Settings of a server.
 *
 * @param address the address to listen on; port 0 chooses a free one
 * @param limits bounds of the node
 * @param accounts of the callers
 * @param executor runs the services; not shut down by the server
 * @param clock for the time of the next identity check
 * @param timers let streams wait whose client exceeds its rate
 * @param meters counts refusals
 */
public record ServerSettings(
    InetSocketAddress address,
    NodeConfig.Limits limits,
    Accounts accounts,
    Executor executor,
    InstantSource clock,
    Timers timers,
    Meters meters) {}
