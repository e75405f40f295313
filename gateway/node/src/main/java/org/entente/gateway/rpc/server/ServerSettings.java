package org.entente.gateway.rpc.server;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.meter.Meters;

/**
 * How a server runs.
 *
 * @param address where it listens; port 0 takes a free one
 * @param limits bounds of the node
 * @param executor runs the services; not shut down by the server
 * @param clock tells when an identity has to be checked again
 * @param meters counts refusals
 */
public record ServerSettings(
    InetSocketAddress address,
    NodeConfig.Limits limits,
    Executor executor,
    InstantSource clock,
    Meters meters) {}
