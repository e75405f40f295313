package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.entente.gateway.account.Holding;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.link.InboundMessages;
import org.entente.gateway.link.LinkContext;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.testkit.TlsHolder;
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
 * A member attacks the port of peers, with valid certificates: threats 74 and 75. Another member is
 * served before, during and after.
 */
class PeerPortThreatsTest {
  private static final String[] HYBRID = {"X25519MLKEM768"};
  private static final int LARGE = 30 << 20;
  private static final int CONNECTIONS = 3;
  private static final int STREAMS = 6;

  @AutoClose private final Edge edge = new Edge();

  private static NodeConfig.Limits limits(int connections, NodeConfig.PerAgency each) {
    return new NodeConfig.Limits(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 0, connections, 0, 0, 0, 0, 0, 0, 0, null, each);
  }

  private RawPeerClient raw(PeerServer server, TlsHolder holder) throws Exception {
    SslContext tls = edge.callerTls(holder, HYBRID);
    return RawPeerClient.begin(server.address(), tls);
  }

  /** A gateway that an agency's own CA gives any name. */
  private TlsHolder minted(int number) {
    return edge.holder("de.customs", "de.customs/gateway/minted-" + number);
  }

  private static ExchangeRequest hello(String filling) {
    return ExchangeRequest.newBuilder()
        .setFrame(Frame.newBuilder().setHello(Hello.newBuilder().setAgency(filling)))
        .build();
  }

  /** A member that does what it should. */
  private final class Honest {
    private final StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    private final StreamObserver<ExchangeRequest> requests;

    Honest(PeerServer server, String agency) throws Exception {
      requests =
          LinkServiceGrpc.newStub(edge.channel(server.address(), edge.gateway(agency), HYBRID))
              .exchange(answers);
      assertServed();
    }

    void assertServed() throws InterruptedException {
      requests.onNext(hello("honest"));
      answers.next();
      assertFalse(answers.hasEnded());
    }
  }

  private static String reason(Throwable end) throws Exception {
    com.google.rpc.Status details = StatusProto.fromThrowable(end);
    return details == null ? "" : details.getDetails(0).unpack(ErrorInfo.class).getReason();
  }

  /** Threat 74: without a limit of its own, each stream holds what the largest message may have. */
  @Test
  void firstMessages_thatAreHalfSent_areRefused_andAnotherAgencyIsServed() throws Exception {
    PeerServer server = edge.startPeers();
    Honest honest = new Honest(server, "x.hub");
    List<RawPeerClient> hostile = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        RawPeerClient one = raw(server, minted(i));
        hostile.add(one);
        for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
          one.call(stream);
          one.beginMessage(stream, LARGE, 6_000);
        }
      }
      honest.assertServed();
      for (RawPeerClient one : hostile) {
        for (int stream = 0; stream < STREAMS; stream++) {
          one.await(RawPeerClient.HEADERS);
        }
        assertTrue(one.isOpen());
      }
      StreamAnswers.until(() -> server.openCalls() == 1);
      honest.assertServed();
    } finally {
      hostile.forEach(RawPeerClient::close);
    }
  }

  /** Threat 74. */
  @Test
  void firstMessage_beyondItsLimit_isRefusedWithACode() throws Exception {
    PeerServer server = edge.startPeers();
    StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    LinkServiceGrpc.newStub(edge.channel(server.address(), edge.gateway("de.customs"), HYBRID))
        .exchange(answers)
        .onNext(hello("x".repeat(5_000)));
    assertEquals("TOO_LARGE", reason(answers.end()));
    StreamAnswers.until(() -> server.openCalls() == 0);
  }

  /** Takes frames of any size and answers each. */
  private static final class AnyFrame extends LinkServiceGrpc.LinkServiceImplBase {
    @Override
    public StreamObserver<ExchangeRequest> exchange(StreamObserver<ExchangeResponse> responses) {
      InboundMessages messages = LinkContext.MESSAGES.get();
      messages.allow(PeerServer.MESSAGE_BYTES);
      return new StreamObserver<>() {
        @Override
        public void onNext(ExchangeRequest request) {
          messages.processed();
          responses.onNext(ExchangeResponse.getDefaultInstance());
        }

        @Override
        public void onError(Throwable end) {
          // Nothing was held for the stream.
        }

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }

  /** So many empty deliveries: two bytes each, and 64 or more on the heap. */
  private static ExchangeRequest deliveries(int count) {
    Deliveries deliveries =
        Deliveries.newBuilder()
            .addAllDeliveries(Collections.nCopies(count, Delivery.getDefaultInstance()))
            .build();
    return ExchangeRequest.newBuilder()
        .setFrame(Frame.newBuilder().setDeliveries(deliveries))
        .build();
  }

  /** Threat 92. */
  @Test
  void frameOfManyElements_endsItsStreamAlone_unparsed() throws Exception {
    edge.link = new AnyFrame();
    PeerServer server = edge.startPeers();
    Honest honest = new Honest(server, "x.hub");
    StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    StreamObserver<ExchangeRequest> hostile =
        LinkServiceGrpc.newStub(edge.channel(server.address(), edge.gateway("de.customs"), HYBRID))
            .exchange(answers);
    hostile.onNext(deliveries(60_000));
    answers.next();
    hostile.onNext(deliveries(ElementCount.MOST));
    assertEquals("LIMIT_REACHED", reason(answers.end()));
    honest.requests.onNext(deliveries(60_000));
    honest.answers.next();
    honest.assertServed();
    assertTrue(edge.meters.text().contains("entente_malformed_requests_total{side=\"peer\",} 1.0"));
  }

  /** Threat 74: the guard decides from the headers; no message is read, or waited for. */
  @Test
  void call_ofAMemberWithoutALink_isRefusedBeforeItSaysAnything() throws Exception {
    edge.linked = Set.of(new AgencyName("x.hub"));
    PeerServer server = edge.startPeers();
    Honest honest = new Honest(server, "x.hub");
    try (RawPeerClient stranger = raw(server, edge.gateway("de.customs"))) {
      stranger.call(1);
      stranger.await(RawPeerClient.HEADERS);
    }
    StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
    var unused =
        LinkServiceGrpc.newStub(edge.channel(server.address(), edge.gateway("de.customs"), HYBRID))
            .exchange(answers);
    assertEquals(Status.Code.UNAUTHENTICATED, answers.code());
    assertEquals("UNKNOWN_PEER", reason(answers.end()));
    honest.assertServed();
  }

  /** Threat 75: the limit counts an agency, not the names that its CA has signed. */
  @Test
  void connections_underMintedNames_countForTheirAgency() throws Exception {
    PeerServer server =
        edge.startPeers(
            limits(
                20, new NodeConfig.PerAgency(CONNECTIONS, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    Honest honest = new Honest(server, "x.hub");
    List<RawPeerClient> hostile = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        hostile.add(raw(server, minted(i)));
      }
      StreamAnswers.until(() -> admitted() == CONNECTIONS);
      for (int i = CONNECTIONS; i < 30; i++) {
        RawPeerClient excess = raw(server, minted(i));
        hostile.add(excess);
        reasons.add(goAway(excess));
      }
      assertTold(reasons, "LIMIT_REACHED: the agency has 3 connections");
      assertEquals(1 + CONNECTIONS, server.openConnections());
      assertTrue(hostile.subList(0, CONNECTIONS).stream().allMatch(RawPeerClient::isOpen));
      honest.assertServed();
      new Honest(server, "sg.police").assertServed();
    } finally {
      hostile.forEach(RawPeerClient::close);
    }
  }

  /** Connections of the attacker that have their places. */
  private long admitted() {
    return edge.accounts().of("de.customs").held(Holding.CONNECTIONS);
  }

  /** The reason that a connection ended with: no reset overtakes it. */
  private static String goAway(RawPeerClient client) throws IOException {
    byte[] reason = client.await(RawPeerClient.GOAWAY).payload();
    return new String(reason, StandardCharsets.ISO_8859_1);
  }

  private static void assertTold(List<String> reasons, String told) {
    assertTrue(reasons.stream().allMatch(it -> it.contains(told)), reasons::toString);
  }

  /** Threat 75: each agency with a link has a place, however many others want. */
  @Test
  void places_ofAgenciesWithoutAConnection_areKeptForThem() throws Exception {
    PeerServer server = edge.startPeers(limits(6, NodeConfig.PerAgency.DEFAULT));
    List<RawPeerClient> hostile = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        hostile.add(raw(server, minted(i)));
      }
      StreamAnswers.until(() -> admitted() == 4);
      for (int i = 4; i < 12; i++) {
        RawPeerClient excess = raw(server, minted(i));
        hostile.add(excess);
        reasons.add(goAway(excess));
      }
      assertTold(reasons, "LIMIT_REACHED: the places that are left");
      Honest hub = new Honest(server, "x.hub");
      Honest police = new Honest(server, "sg.police");
      hub.assertServed();
      police.assertServed();
      assertTrue(
          edge.meters.text().contains("{side=\"peer\",limit=\"reserved\",} 8.0"),
          edge.meters::text);
    } finally {
      hostile.forEach(RawPeerClient::close);
    }
  }

  /** Threat 75. */
  @Test
  void calls_underMintedNames_countForTheirAgency() throws Exception {
    PeerServer server =
        edge.startPeers(
            limits(20, new NodeConfig.PerAgency(0, STREAMS, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    Honest honest = new Honest(server, "x.hub");
    List<RawPeerClient> hostile = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        RawPeerClient one = raw(server, minted(i));
        hostile.add(one);
        for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
          one.call(stream);
        }
      }
      // All but one connection's calls are refused, whichever came first.
      StreamAnswers.until(() -> refusedAsOverloaded() == (CONNECTIONS - 1) * STREAMS);
      assertEquals(1 + STREAMS, server.openCalls());
      honest.assertServed();
    } finally {
      hostile.forEach(RawPeerClient::close);
    }
  }

  private int refusedAsOverloaded() {
    return edge.meters
        .text()
        .lines()
        .filter(line -> line.startsWith("entente_refused_total{side=\"peer\",code=\"OVERLOADED\""))
        .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
