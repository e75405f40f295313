package org.entente.gateway.rpc;

import java.util.concurrent.Executor;
import org.entente.gateway.intake.RequestReminders;
import org.entente.gateway.request.RequestDesk;

/**
 * What stands behind the Requests service.
 *
 * @param desk what may be asked about requests
 * @param reminding reminds those who owe this agency an answer
 * @param workers where clients are told of what comes
 */
public record RequestPorts(RequestDesk desk, RequestReminders reminding, Executor workers) {}
