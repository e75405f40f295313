package org.entente.gateway.rpc;

import io.grpc.BindableService;

/** Makes a service of the client port. */
@FunctionalInterface
public interface ClientService {
  /** The service, for a server that is about to start. */
  BindableService with(ServiceContext context);
}
