package org.entente.gateway.cluster;

import java.util.Objects;
import java.util.Set;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Leaves open, on the port of Raft, what nodes say to each other. Ratis offers there too its
 * services for clients and administrators: with these another node could write entries and change
 * the group.
 */
final class NodeCallsOnly implements ServerInterceptor {
  private static final Set<String> OPEN =
      Set.of(
          "ratis.grpc.RaftServerProtocolService",
          CopyTransfer.SERVICE,
          KeyCalls.SERVICE,
          ErasureCalls.SERVICE,
          FileCalls.SERVICE,
          FileHashes.SERVICE,
          LeadCalls.SERVICE);

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (OPEN.contains(Objects.requireNonNullElse(service, ""))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.PERMISSION_DENIED.withDescription("this port is for nodes of the cluster"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
