package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.junit.jupiter.api.Test;

final class LinkStatusTest {
  @Test
  void words_refused_haveTheStableCodeAndWhatThePeerSaid() {
    assertEquals(
        "UNKNOWN_PEER: not in the bundle",
        LinkStatus.words(LinkStatus.of(Code.UNKNOWN_PEER, "not in the bundle")));
  }

  /** The twenty-ninth look: the exception kept a stream that had ended. */
  @Test
  void words_detailsThatDoNotFit_areLeftOut_andTheStreamEnds() {
    Metadata.Key<byte[]> key =
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
    byte[] ofAnother = com.google.rpc.Status.newBuilder().setCode(5).build().toByteArray();
    for (byte[] details : List.of(ofAnother, new byte[] {1, 2, 3, (byte) 0xff})) {
      Metadata trailers = new Metadata();
      trailers.put(key, details);
      StatusRuntimeException error =
          new StatusRuntimeException(Status.UNAVAILABLE.withDescription("gone"), trailers);
      assertEquals(Optional.empty(), LinkStatus.reason(error));
      assertEquals("UNAVAILABLE: gone", LinkStatus.words(error));
    }
  }

  @Test
  void words_handshakeFailed_sayWhatWentWrongInIt() {
    SSLException handshake =
        new SSLException("engine problem", new CertificateException("it has ended"));
    assertEquals(
        "UNAVAILABLE: io exception (engine problem: it has ended)",
        LinkStatus.words(
            Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(handshake)
                .asRuntimeException()));
  }

  @Test
  void words_nobodyListens_sayWhatTheMachineSaysAndWhere() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      StatusRuntimeException failure =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  ClientCalls.blockingServerStreamingCall(
                          channel,
                          LinkServiceGrpc.getExchangeMethod(),
                          CallOptions.DEFAULT,
                          ExchangeRequest.getDefaultInstance())
                      .next());
      String words = LinkStatus.words(failure);
      assertTrue(words.startsWith("UNAVAILABLE: io exception ("), words);
      assertTrue(words.contains("Connection refused: /127.0.0.1:" + port), words);
    } finally {
      channel.shutdownNow();
    }
  }
}
