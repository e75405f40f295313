package org.entente.gateway.cluster;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.thirdparty.io.grpc.ClientInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.stub.MetadataUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops what is meant for another node, or for another cluster of this gateway. A machine that
 * comes to the address of a lost one must not vote or acknowledge in its name, as it has forgotten
 * what that one had; Ratis does not look.
 */
final class OwnMessagesOnly implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(OwnMessagesOnly.class);
  private static final Metadata.Key<String> NODE =
      Metadata.Key.of("entente-node", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> CLUSTER =
      Metadata.Key.of("entente-cluster", Metadata.ASCII_STRING_MARSHALLER);

  private final String self;
  private final String cluster;

  OwnMessagesOnly(String self, String cluster) {
    this.self = self;
    this.cluster = cluster;
  }

  /** Says on each call for which node of which cluster it is. Ratis names both by itself. */
  static ClientInterceptor meantFor(String node, String cluster) {
    Metadata headers = new Metadata();
    headers.put(NODE, node);
    headers.put(CLUSTER, cluster);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    String node = headers.get(NODE);
    if (node != null && !node.equals(self)) {
      return refused(call, "this is " + self + ", not " + node);
    }
    String other = headers.get(CLUSTER);
    if (other != null && !other.equals(cluster)) {
      return refused(call, self + " is of another cluster (cluster.id)");
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(A message) {
        if (isForThis(message)) {
          super.onMessage(message);
        } else {
          // As if the network had lost it.
          call.request(1);
        }
      }
    };
  }

  private static <A> ServerCall.Listener<A> refused(ServerCall<A, ?> call, String why) {
    call.close(Status.FAILED_PRECONDITION.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private boolean isForThis(Object message) {
    String node = request(message).getReplyId().toStringUtf8();
    if (node.isEmpty() || node.equals(self)) {
      return true;
    }
    LOG.debug("dropped a message to {}", node);
    return false;
  }

  private static RaftRpcRequestProto request(Object message) {
    if (message instanceof AppendEntriesRequestProto entries) {
      return entries.getServerRequest();
    }
    if (message instanceof RequestVoteRequestProto vote) {
      return vote.getServerRequest();
    }
    if (message instanceof InstallSnapshotRequestProto snapshot) {
      return snapshot.getServerRequest();
    }
    if (message instanceof StartLeaderElectionRequestProto election) {
      return election.getServerRequest();
    }
    if (message instanceof ReadIndexRequestProto read) {
      return read.getServerRequest();
    }
    return RaftRpcRequestProto.getDefaultInstance();
  }
}
