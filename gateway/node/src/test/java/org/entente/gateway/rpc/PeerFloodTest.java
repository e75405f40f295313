package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A member floods the port of peers after its handshake: threats 25 to 28 and 91. Another member's
 * stream goes on.
 */
class PeerFloodTest {
  private static final String[] HYBRID = {"X25519MLKEM768"};
  private static final int FLOOD = 20_000;
  private static final byte[] WINDOW = {0, 0, 0, 1};

  @AutoClose private final Edge edge = new Edge();
  private PeerServer server;
  private StreamAnswers<ExchangeResponse> answers;
  private StreamObserver<ExchangeRequest> honest;

  /** What a flood sends, again and again. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Flood(String name, int type, int flags, int stream, byte[] payload) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = edge.startPeers();
    answers = new StreamAnswers<>();
    honest =
        LinkServiceGrpc.newStub(edge.channel(server.address(), edge.gateway("x.hub"), HYBRID))
            .exchange(answers);
    assertServed();
  }

  private void assertServed() throws InterruptedException {
    honest.onNext(
        ExchangeRequest.newBuilder()
            .setFrame(Frame.newBuilder().setHello(Hello.getDefaultInstance()))
            .build());
    answers.next();
    assertFalse(answers.hasEnded());
  }

  private RawPeerClient hostile() throws Exception {
    return RawPeerClient.begin(
        server.address(), edge.callerTls(edge.gateway("de.customs"), HYBRID));
  }

  private static void assertCalmed(RawPeerClient hostile, String text) throws IOException {
    byte[] goAway = hostile.await(RawPeerClient.GOAWAY).payload();
    assertEquals(RawClient.ENHANCE_YOUR_CALM, ByteBuffer.wrap(goAway).getInt(4));
    String said = new String(goAway, 8, goAway.length - 8, StandardCharsets.US_ASCII);
    assertTrue(said.contains(text), said);
    assertEnds(hostile);
  }

  private static void assertEnds(RawPeerClient hostile) {
    IOException end =
        assertThrows(
            IOException.class,
            () -> {
              while (true) {
                hostile.await(RawPeerClient.HEADERS);
              }
            });
    assertFalse(end instanceof SocketTimeoutException, end::toString);
  }

  static Stream<Flood> floods() {
    byte[] nothing = {};
    return Stream.of(
        new Flood("SETTINGS", RawPeerClient.SETTINGS, 0, 0, nothing),
        new Flood("answers to SETTINGS", RawPeerClient.SETTINGS, 1, 0, nothing),
        new Flood("PRIORITY", RawPeerClient.PRIORITY, 0, 3, new byte[5]),
        new Flood("empty DATA", RawPeerClient.DATA, 0, 1, nothing),
        new Flood("DATA of padding", RawPeerClient.DATA, 8, 1, new byte[] {1, 0}),
        new Flood("WINDOW_UPDATE", RawPeerClient.WINDOW_UPDATE, 0, 0, WINDOW),
        new Flood("WINDOW_UPDATE of a stream", RawPeerClient.WINDOW_UPDATE, 0, 1, WINDOW),
        new Flood("answers to PING", RawPeerClient.PING, 1, 0, new byte[8]),
        new Flood("unknown", RawPeerClient.UNKNOWN, 0, 0, nothing));
  }

  /** Threat 91. */
  @ParameterizedTest
  @MethodSource("floods")
  void framesThatCarryNothing_endTheirConnection_andNoOther(Flood flood) throws Exception {
    try (RawPeerClient hostile = hostile()) {
      hostile.call(1);
      for (int i = 0; i < FLOOD && hostile.isOpen(); i++) {
        hostile.send(flood.type(), flood.flags(), flood.stream(), flood.payload());
      }
      // With a farewell, unless bytes that are still under way reset the connection first.
      assertEnds(hostile);
    }
    assertEndedForFrames();
    assertServed();
  }

  private void assertEndedForFrames() {
    String closed = "entente_connections_closed_total{side=\"peer\",limit=\"frames\",} 1.0";
    assertTrue(edge.meters.text().contains(closed), edge.meters::text);
  }

  /** Threat 91: who comes again finds the budget as it was left. */
  @Test
  void budget_isThatOfTheAgency_alsoOverConnections() throws Exception {
    boolean ended = false;
    for (int times = 0; times < 20 && !ended; times++) {
      try (RawPeerClient hostile = hostile()) {
        // Less than a budget each time.
        for (int i = 0; i < 900; i++) {
          hostile.send(RawPeerClient.PRIORITY, 0, 3, new byte[5]);
        }
        ended = !answersPing(hostile);
      }
    }
    assertTrue(ended);
    assertEndedForFrames();
    assertServed();
  }

  private static boolean answersPing(RawPeerClient client) {
    client.send(RawPeerClient.PING, 0, 0, new byte[8]);
    try {
      client.await(RawPeerClient.PING);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Threat 25. */
  @Test
  void resets_inAFlood_endTheConnection() throws Exception {
    try (RawPeerClient hostile = hostile()) {
      for (int stream = 1; stream < 4_000 && hostile.isOpen(); stream += 2) {
        hostile.call(stream);
        hostile.send(RawPeerClient.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
      }
      assertEnds(hostile);
    }
    assertServed();
  }

  /** Threat 25. */
  @Test
  void continuations_inAFlood_endTheConnection() throws Exception {
    try (RawPeerClient hostile = hostile()) {
      hostile.send(RawPeerClient.HEADERS, 0, 1, new byte[] {(byte) 0x83});
      for (int i = 0; i < FLOOD && hostile.isOpen(); i++) {
        hostile.send(RawPeerClient.CONTINUATION, 0, 1, new byte[] {(byte) 0x83});
      }
      assertEnds(hostile);
    }
    assertServed();
  }

  /** Threat 26. */
  @Test
  void message_compressed_isNotTaken() throws Exception {
    StreamAnswers<ExchangeResponse> ended = new StreamAnswers<>();
    LinkServiceGrpc.newStub(edge.channel(server.address(), edge.gateway("de.customs"), HYBRID))
        .withCompression("gzip")
        .exchange(ended)
        .onNext(ExchangeRequest.getDefaultInstance());
    assertEquals(Status.Code.UNIMPLEMENTED, ended.code());
    assertServed();
  }

  /** Threat 27: the declared length alone ends the call, before its bytes come. */
  @Test
  void declaredLength_beyondTheLargestMessage_endsTheCall() throws Exception {
    try (RawPeerClient hostile = hostile()) {
      hostile.call(1);
      hostile.beginMessage(1, Integer.MAX_VALUE, 10);
      hostile.await(RawPeerClient.HEADERS);
      assertTrue(hostile.isOpen());
    }
    assertServed();
  }

  /** Threat 28. */
  @Test
  void pings_inAFlood_endTheConnection() throws Exception {
    try (RawPeerClient hostile = hostile()) {
      for (int i = 0; i < 20; i++) {
        hostile.send(RawPeerClient.PING, 0, 0, new byte[8]);
      }
      assertCalmed(hostile, "too_many_pings");
    }
    assertServed();
  }
}
