package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.fail;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.link.InboundMessages;
import org.entente.gateway.link.LinkContext;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * A short message between gateways is handled by the network thread that received it, whoever
 * dialled; a longer one never is.
 */
class ShortMessagesTest {
  private static final int SHORT = 500;
  private static final int LONG = 3_000;

  /** While a worker handles what came before, it handles a short message too. */
  private static final int TRIES = 10_000;

  @AutoClose private final Edge edge = new Edge();

  /** Where a message was handled. */
  private record Handled(boolean byNetwork, String thread) {
    static Handled now(InboundMessages messages) {
      return new Handled(messages.isOnNetworkThread(), Thread.currentThread().getName());
    }
  }

  private final BlockingQueue<Handled> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<Handled> answers = new LinkedBlockingQueue<>();
  private final List<InboundMessages> dialled = new CopyOnWriteArrayList<>();

  /** Answers each frame with the same one. */
  private final class Mirror extends LinkServiceGrpc.LinkServiceImplBase {
    @Override
    public StreamObserver<ExchangeRequest> exchange(StreamObserver<ExchangeResponse> observer) {
      InboundMessages messages = LinkContext.MESSAGES.get();
      return new StreamObserver<>() {
        @Override
        public void onNext(ExchangeRequest request) {
          requests.add(Handled.now(messages));
          messages.processed();
          observer.onNext(ExchangeResponse.newBuilder().setFrame(request.getFrame()).build());
        }

        @Override
        public void onError(Throwable end) {
          // Nothing was held for the stream.
        }

        @Override
        public void onCompleted() {
          observer.onCompleted();
        }
      };
    }
  }

  private final class Answers implements StreamObserver<ExchangeResponse> {
    @Override
    public void onNext(ExchangeResponse answer) {
      InboundMessages messages = dialled.get(0);
      answers.add(Handled.now(messages));
      messages.processed();
    }

    @Override
    public void onError(Throwable end) {
      // Nothing was held for the stream.
    }

    @Override
    public void onCompleted() {
      // The test does not end it.
    }
  }

  private StreamObserver<ExchangeRequest> stream() throws Exception {
    edge.link = new Mirror();
    PeerServer server = edge.startPeers();
    PeerChannels channels = edge.dialler(new AgencyName("de.customs"), edge.gateway("de.customs"));
    Endpoint endpoint = new Endpoint("127.0.0.1", server.address().getPort());
    ManagedChannel channel =
        edge.closedAtEnd(channels.dial(new AgencyName("fr.customs"), endpoint));
    return LinkServiceGrpc.newStub(channel)
        .withOption(LinkContext.DIALLED, dialled::add)
        .exchange(new Answers());
  }

  private static void send(StreamObserver<ExchangeRequest> stream, int bytes) {
    Hello hello = Hello.newBuilder().setAgency("x".repeat(bytes)).build();
    stream.onNext(
        ExchangeRequest.newBuilder().setFrame(Frame.newBuilder().setHello(hello)).build());
  }

  /** The next message, after a check that it says truly where it was handled. */
  private static Handled next(BlockingQueue<Handled> messages) throws InterruptedException {
    Handled next = messages.poll(StreamAnswers.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertNotNull(next);
    boolean byWorker = next.thread().startsWith("pool-");
    assertEquals(!byWorker, next.byNetwork(), next.thread());
    return next;
  }

  @Test
  void shortMessages_areHandledByNetworkThreads_andLongOnesByWorkers() throws Exception {
    StreamObserver<ExchangeRequest> stream = stream();
    boolean request = false;
    boolean answer = false;
    for (int i = 0; i < TRIES && !(request && answer); i++) {
      send(stream, SHORT);
      request |= next(requests).byNetwork();
      answer |= next(answers).byNetwork();
      send(stream, LONG);
      assertFalse(next(requests).byNetwork());
      assertFalse(next(answers).byNetwork());
    }
    if (!request || !answer) {
      fail("workers handled all short messages: requests " + !request + ", answers " + !answer);
    }
  }
}
