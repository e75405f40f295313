package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.AccountLimits;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Holding;
import org.entente.gateway.account.Work;
import org.entente.gateway.link.InboundMessages;
import org.entente.gateway.link.LinkContext;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Threat 74 from the other side: a gateway that is dialled, {@code fr.customs} here, answers with
 * messages that fill the memory of the one that dialled.
 */
class DialledBuffersTest {
  private static final int SHARE = 4 << 20;
  private static final int LARGE = 3 << 20;

  @AutoClose private final Edge edge = new Edge();

  {
    edge.dialled =
        new Accounts(
            Map.of(Holding.BUFFERED_BYTES, AccountLimits.Limit.ofOne(SHARE)),
            Map.of(Work.CONTROL_FRAMES, new AccountLimits.Rate(100, 1_000)),
            System::nanoTime);
  }

  private final Account account = edge.dialled.of("fr.customs");
  private final List<InboundMessages> counts = new CopyOnWriteArrayList<>();

  /** Answers each frame with one of the size that its Hello asks for. */
  private static final class AnyAnswer extends LinkServiceGrpc.LinkServiceImplBase {
    @Override
    public StreamObserver<ExchangeRequest> exchange(StreamObserver<ExchangeResponse> observer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(ExchangeRequest request) {
          int elements = (int) request.getFrame().getHello().getSendNext();
          if (elements > 0) {
            observer.onNext(
                ExchangeResponse.newBuilder()
                    .setFrame(Frame.newBuilder().setDeliveries(empty(elements)))
                    .build());
            return;
          }
          int bytes = (int) request.getFrame().getHello().getSendFirst();
          Hello hello = Hello.newBuilder().setAgency("x".repeat(bytes)).build();
          observer.onNext(
              ExchangeResponse.newBuilder().setFrame(Frame.newBuilder().setHello(hello)).build());
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

  /** So many empty deliveries: two bytes each, and 64 or more on the heap. */
  private static Deliveries empty(int count) {
    return Deliveries.newBuilder()
        .addAllDeliveries(Collections.nCopies(count, Delivery.getDefaultInstance()))
        .build();
  }

  private final class Stream {
    private final StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    private final StreamObserver<ExchangeRequest> requests;
    private final InboundMessages messages;

    Stream(ManagedChannel channel) {
      requests =
          LinkServiceGrpc.newStub(channel)
              .withOption(LinkContext.DIALLED, counts::add)
              .exchange(answers);
      messages = counts.get(counts.size() - 1);
    }

    void ask(int bytes) {
      requests.onNext(
          ExchangeRequest.newBuilder()
              .setFrame(Frame.newBuilder().setHello(Hello.newBuilder().setSendFirst(bytes)))
              .build());
    }

    void askForElements(int count) {
      requests.onNext(
          ExchangeRequest.newBuilder()
              .setFrame(Frame.newBuilder().setHello(Hello.newBuilder().setSendNext(count)))
              .build());
    }

    Stream greeted() throws InterruptedException {
      ask(100);
      answers.next();
      messages.processed();
      messages.allow(Integer.MAX_VALUE);
      return this;
    }
  }

  private ManagedChannel dial() throws Exception {
    edge.link = new AnyAnswer();
    PeerServer server = edge.startPeers();
    PeerChannels channels = edge.dialler(new AgencyName("de.customs"), edge.gateway("de.customs"));
    Endpoint endpoint = new Endpoint("127.0.0.1", server.address().getPort());
    return edge.closedAtEnd(channels.dial(new AgencyName("fr.customs"), endpoint));
  }

  @Test
  void firstAnswer_beyondItsLimit_endsItsStreamAlone() throws Exception {
    ManagedChannel channel = dial();
    Stream honest = new Stream(channel).greeted();
    Stream hostile = new Stream(channel);
    hostile.ask(5_000);
    String end = "" + hostile.answers.end().getMessage();
    assertTrue(end.contains("TOO_LARGE"), end);
    honest.ask(100);
    honest.answers.next();
    assertFalse(honest.answers.hasEnded());
  }

  @Test
  void answersThatAreNotProcessed_endAtTheShareOfTheAgency() throws Exception {
    ManagedChannel channel = dial();
    Stream one = new Stream(channel).greeted();
    one.ask(LARGE);
    one.answers.next();
    assertTrue(account.held(Holding.BUFFERED_BYTES) >= LARGE);
    Stream two = new Stream(channel).greeted();
    two.ask(LARGE);
    String end = "" + two.answers.end().getMessage();
    assertTrue(end.contains("LIMIT_REACHED"), end);
    assertFalse(one.answers.hasEnded());
    one.messages.processed();
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
    assertEquals(0, edge.dialled.of("x.hub").used(Holding.BUFFERED_BYTES));
  }

  /** Threat 92. */
  @Test
  void answerOfMoreElementsThanAFrameMayHave_endsItsStreamAlone() throws Exception {
    ManagedChannel channel = dial();
    Stream honest = new Stream(channel).greeted();
    Stream hostile = new Stream(channel).greeted();
    hostile.askForElements(ElementCount.MOST);
    String end = "" + hostile.answers.end().getMessage();
    assertTrue(end.contains("LIMIT_REACHED: frame: a frame may have at most"), end);
    honest.ask(100);
    honest.answers.next();
    assertFalse(honest.answers.hasEnded());
  }

  /** Threat 92: what they need once parsed counts, not only their bytes. */
  @Test
  void answersOfManyElements_countForTheirAgency_asWhatTheyNeed() throws Exception {
    ManagedChannel channel = dial();
    Stream one = new Stream(channel).greeted();
    one.askForElements(40_000);
    one.answers.next();
    assertTrue(account.held(Holding.BUFFERED_BYTES) >= 2 << 20);
    Stream two = new Stream(channel).greeted();
    two.askForElements(40_000);
    String end = "" + two.answers.end().getMessage();
    assertTrue(end.contains("LIMIT_REACHED"), end);
    one.messages.processed();
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
    one.ask(SHARE / 2);
    one.answers.next();
    assertFalse(one.answers.hasEnded());
  }
}
