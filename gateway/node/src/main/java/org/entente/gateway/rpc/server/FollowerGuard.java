package org.entente.gateway.rpc.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.trust.Endpoint;

/**
 * Refuses every call with {@link Code#NOT_LEADER} before any of its messages is read: for the ports
 * of a node that follows. The metadata of the refusal has the address of the leader under {@code
 * leader}, if it is known. Safe for use by many threads.
 */
public final class FollowerGuard implements ServerInterceptor {
  private final Supplier<Optional<Endpoint>> leader;

  /**
   * Creates the guard of one port.
   *
   * @param leader where the leader listens for the callers of this port; quick
   */
  public FollowerGuard(Supplier<Optional<Endpoint>> leader) {
    this.leader = leader;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Optional<Endpoint> now = leader.get();
    Problem problem =
        new Problem(
            Code.NOT_LEADER,
            "",
            now.map(address -> "this node follows; the leader is at " + address)
                .orElse("this node follows, and knows of no leader; try another node"));
    StatusRuntimeException refusal =
        StatusMapper.exception(
            problem, now.map(address -> Map.of("leader", address.toString())).orElse(Map.of()));
    call.close(
        refusal.getStatus(), Objects.requireNonNullElseGet(refusal.getTrailers(), Metadata::new));
    return new ServerCall.Listener<>() {};
  }
}
