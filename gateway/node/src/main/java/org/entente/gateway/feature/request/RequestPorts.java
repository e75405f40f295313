package org.entente.gateway.feature.request;

import java.util.concurrent.Executor;

/**
 * The implementations behind the Requests service.
 *
 * @param desk answers queries about requests
 * @param reminding reminds agencies that owe this agency an answer
 * @param workers runs notifications of clients
 */
public record RequestPorts(RequestDesk desk, RequestReminders reminding, Executor workers) {}
