package org.entente.gateway.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.server.StatusMapper;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Drafts of which a gateway refuses some. */
class DraftPublisherTest {
  private static final String GOOD = "good";

  private final Server gateway;
  private final ManagedChannel channel;
  private final DraftPublisher publisher;
  private int offset;

  DraftPublisherTest() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    gateway = NettyServerBuilder.forAddress(any).addService(new Refusing()).build().start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", gateway.getPort()).usePlaintext().build();
    publisher = new DraftPublisher(channel, RecordFormat.PROTOBUF, "topic");
  }

  @AfterEach
  void end() {
    channel.shutdownNow();
    gateway.shutdownNow();
  }

  /** A gateway that refuses each draft with the code, and for the field, that its case names. */
  private static final class Refusing extends PublisherGrpc.PublisherImplBase {
    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> answers) {
      String said = request.getDraft().getLabel().getCaseRef();
      if (said.equals(GOOD)) {
        answers.onNext(
            PublishResponse.newBuilder()
                .setOutcome(Outcome.newBuilder().setAccepted(Accepted.getDefaultInstance()))
                .build());
        answers.onCompleted();
        return;
      }
      int field = said.indexOf(' ');
      answers.onError(
          StatusMapper.exception(
              field < 0
                  ? new Problem(Code.valueOf(said), "", "why")
                  : new Problem(
                      Code.valueOf(said.substring(0, field)), said.substring(field + 1), "why")));
    }
  }

  private List<String> publish(String... cases) throws InterruptedException {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String one : cases) {
      byte[] draft =
          Draft.newBuilder().setLabel(Label.newBuilder().setCaseRef(one)).build().toByteArray();
      records.add(new ConsumerRecord<>("drafts", 0, offset++, new byte[0], draft));
    }
    return publisher.publish(records).stream()
        .map(outcome -> outcome.hasAccepted() ? GOOD : outcome.getInvalid().getCode())
        .toList();
  }

  /**
   * A member that restricts what a draft passes on stopped the topic, and so did a lead that lies.
   */
  @Test
  void draft_thatTheGatewayRefuses_holdsBackNoneBehindIt() throws Exception {
    for (String code :
        List.of("RESTRICTED", "ROSTER_FORKED", "ROSTER_UNKNOWN", "NO_ROUTE", "DEADLINE_RUNS")) {
      assertEquals(List.of(code, GOOD), publish(code, GOOD));
    }
    assertEquals(List.of("OVERLOADED", GOOD), publish("OVERLOADED to", GOOD));
  }

  @Test
  void defect_overOneDraft_isItsOutcome_andOverAllIsTheGateways() throws Exception {
    assertEquals(List.of("INTERNAL", GOOD), publish("INTERNAL", GOOD));
    assertEquals(List.of(), publish("INTERNAL", "INTERNAL"));
  }

  @Test
  void overload_endsTheOutcomes_beforeItsDraft() throws Exception {
    assertEquals(List.of(GOOD), publish(GOOD, "OVERLOADED", GOOD));
    assertEquals(List.of(), publish("INTERNAL", "OVERLOADED", GOOD), "the gateway may be at fault");
  }

  /** Alone in what a topic gives, it held back all others for ever. */
  @Test
  void draft_thatFailsAlone_isGivenUp() throws Exception {
    for (String code : List.of("INTERNAL", "OVERLOADED")) {
      int place = offset;
      for (int call = 1; call < DraftPublisher.MOST_FRUITLESS; call++) {
        offset = place;
        assertEquals(List.of(), publish(code), code);
      }
      offset = place;
      assertEquals(List.of(code), publish(code, code), "one, and no other");
      offset = place;
      assertEquals(List.of(), publish(code), "counted again");
      assertEquals(List.of(GOOD), publish(GOOD));
    }
  }

  /** Two partitions, of which now one comes first and now the other. */
  @Test
  void draft_thatWasFirstForAFewCalls_isNotGivenUpForThoseOfOthers() throws Exception {
    for (int call = 1; call < DraftPublisher.MOST_FRUITLESS; call++) {
      offset = 0;
      assertEquals(List.of(), publish("OVERLOADED"));
      offset = 1;
      assertEquals(List.of(), publish("OVERLOADED"));
    }
    offset = 2;
    assertEquals(List.of(), publish("OVERLOADED"), "its first call");
    offset = 1;
    assertEquals(List.of("OVERLOADED"), publish("OVERLOADED"), "its last");
  }

  @Test
  void refusalOfEveryDraft_isNoOutcome() {
    for (String code : List.of("STORAGE_FULL", "NOT_READY", "NOT_LEADER", "SCOPE_MISSING")) {
      assertThrows(StatusRuntimeException.class, () -> publish(GOOD, code), code);
    }
  }
}
