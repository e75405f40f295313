package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identification;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.rpc.Edge;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threat 74: bytes of messages that are not complete, counted for each agency. */
class MessageBuffersTest {
  private static final int MIB = 1 << 20;

  private final Edge edge = new Edge();
  private final MessageBuffers buffers = new MessageBuffers(NodeConfig.Limits.DEFAULT);

  @AfterEach
  void stop() {
    edge.close();
  }

  /** A call that is told why it ends. */
  private static final class Call extends ServerCall<ExchangeRequest, ExchangeResponse> {
    @Nullable Status end;

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(ExchangeResponse message) {}

    @Override
    public void close(Status status, Metadata trailers) {
      end = status;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<ExchangeRequest, ExchangeResponse> getMethodDescriptor() {
      return LinkServiceGrpc.getExchangeMethod();
    }
  }

  private final class Stream {
    final Call call = new Call();
    final MessageBuffers.StreamBytes bytes =
        (MessageBuffers.StreamBytes) buffers.newServerStreamTracer("", new Metadata());

    Stream(String agency) {
      Identification peer = edge.peer(agency);
      bytes.belongsTo(new GuardedCall<>(call, (Identified) peer), agency);
      bytes.inboundMessage(0);
    }

    Stream greeted() {
      bytes.inboundWireSize(200);
      bytes.processed();
      bytes.allow(Integer.MAX_VALUE);
      bytes.inboundMessage(1);
      return this;
    }

    boolean ended() {
      return call.end != null;
    }
  }

  @Test
  void firstMessage_mayBeSmallOnly_andLaterOnesLarge() {
    Stream first = new Stream("de.customs");
    first.bytes.inboundWireSize(MessageBuffers.FIRST_MESSAGE_BYTES);
    assertFalse(first.ended());
    first.bytes.inboundWireSize(1);
    assertTrue(first.ended());
    Stream greeted = new Stream("de.customs").greeted();
    greeted.bytes.inboundWireSize(40 * MIB);
    assertFalse(greeted.ended());
  }

  @Test
  void halfMessages_ofAnAgency_endAtItsShare_andAnotherHasItsOwn() {
    Stream one = new Stream("de.customs").greeted();
    Stream two = new Stream("de.customs").greeted();
    one.bytes.inboundWireSize(40 * MIB);
    two.bytes.inboundWireSize(20 * MIB);
    assertFalse(one.ended() || two.ended());
    two.bytes.inboundWireSize(20 * MIB);
    assertTrue(two.ended());
    assertFalse(one.ended());
    two.bytes.streamClosed(Status.OK);
    Stream other = new Stream("x.hub").greeted();
    other.bytes.inboundWireSize(40 * MIB);
    assertFalse(other.ended());
    assertEquals(80L * MIB, buffers.bytes());
    one.bytes.streamClosed(Status.OK);
    other.bytes.processed();
    assertEquals(0, buffers.bytes());
  }

  @Test
  void halfMessages_ofMoreAgenciesThanThePortHolds_leaveEachItsOwnMebibyte() {
    for (String hostile : new String[] {"de.customs", "x.hub", "sg.police"}) {
      Stream stream = new Stream(hostile).greeted();
      stream.bytes.inboundWireSize(64 * MIB);
      assertFalse(stream.ended());
    }
    Stream honest = new Stream("fr.customs");
    honest.greeted();
    honest.bytes.inboundWireSize(MessageBuffers.OWN_BYTES);
    assertFalse(honest.ended());
    honest.bytes.processed();
    honest.bytes.inboundMessage(2);
    honest.bytes.inboundWireSize(2 * MIB);
    assertTrue(honest.ended());
  }
}
