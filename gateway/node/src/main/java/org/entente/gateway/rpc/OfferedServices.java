package org.entente.gateway.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.KnownNames;

/**
 * The services offered to clients.
 *
 * @param names the names that calls may use
 * @param fullDisk why calls that write and can wait are refused now; empty while they are made
 */
public record OfferedServices(
    KnownNames names, List<ClientService> services, Supplier<Optional<Problem>> fullDisk) {
  /** Copies the list. */
  public OfferedServices {
    services = List.copyOf(services);
  }

  /** These and one more. */
  public OfferedServices and(ClientService more) {
    List<ClientService> all = new ArrayList<>(services);
    all.add(more);
    return new OfferedServices(names, all, fullDisk);
  }
}
