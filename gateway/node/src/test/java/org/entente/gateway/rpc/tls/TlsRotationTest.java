package org.entente.gateway.rpc.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.util.List;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.rpc.ClientServer;
import org.entente.gateway.rpc.Edge;
import org.entente.gateway.rpc.PublisherServiceTest;
import org.entente.gateway.rpc.RawClient;
import org.entente.gateway.rpc.StreamAnswers;
import org.entente.gateway.testkit.TlsHolder;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Threat 29: the certificate is replaced while streams stand. */
class TlsRotationTest {
  @AutoClose private final Edge edge = new Edge();

  private static PublishStreamRequest draft(String key) {
    return PublisherServiceTest.request(key);
  }

  private BigInteger serialShown(ClientServer server) throws Exception {
    try (RawClient raw = RawClient.connect(server.address(), edge.client("all"), "TLSv1.3")) {
      return raw.certificate().getSerialNumber();
    }
  }

  @Test
  void certificate_replacedMidStream_newHandshakesShowItAndTheStreamGoesOn() throws Exception {
    TlsIdentity identity = Edge.identity(edge.own());
    ClientServer server = edge.startClients(new TlsContexts(identity));
    BigInteger before = serialShown(server);
    assertEquals(edge.own().chain().get(0).getSerialNumber(), before);

    ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<PublishStreamRequest> stream =
        PublisherGrpc.newStub(channel).publishStream(answers);
    stream.onNext(draft("a"));
    assertEquals("a", answers.next().getOutcomes(0).getIdempotencyKey());

    TlsHolder next = edge.gateway("fr.customs");
    identity.replace(next.key(), next.chain());
    server.recheck();

    assertEquals(next.chain().get(0).getSerialNumber(), serialShown(server));
    assertNotEquals(before, serialShown(server));
    stream.onNext(draft("b"));
    assertEquals("b", answers.next().getOutcomes(0).getIdempotencyKey());
    assertEquals(
        Certificates.spiffeId(next.chain().get(0)), Certificates.spiffeId(identity.certificate()));
  }

  @Test
  void key_ofAnotherCertificate_isRefusedAndChangesNothing() throws Exception {
    TlsHolder own = edge.own();
    TlsHolder other = edge.gateway("fr.customs");
    assertThrows(InvalidKeyException.class, () -> new TlsIdentity(own.key(), other.chain()));
    assertThrows(InvalidKeyException.class, () -> new TlsIdentity(own.key(), List.of()));
    TlsIdentity identity = Edge.identity(own);
    assertThrows(InvalidKeyException.class, () -> identity.replace(other.key(), own.chain()));
    assertEquals(own.chain().get(0), identity.certificate());
    ClientServer server = edge.startClients(new TlsContexts(identity));
    assertEquals(own.chain().get(0).getSerialNumber(), serialShown(server));
  }
}
