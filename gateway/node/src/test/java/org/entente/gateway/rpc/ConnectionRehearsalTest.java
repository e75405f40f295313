package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.identity.NodeIdentity;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.rpc.tls.NodeTrust;
import org.entente.gateway.rpc.tls.TlsContexts;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.TrustBundle;
import org.junit.jupiter.api.Test;

/** A process calls itself, and nobody else is admitted. */
class ConnectionRehearsalTest {
  private final Edge edge = new Edge();
  private final TlsContexts own = Edge.tls(edge.own());
  private final List<Problem> refused = new CopyOnWriteArrayList<>();

  private X509ExtendedTrustManager admitting(String identity) {
    TrustBundle bundle = edge.federation.bundle(edge.federation.content(1));
    String id = "spiffe://" + TestFederation.NAME + "/agency/" + identity;
    return new NodeTrust(
            new NodeIdentity(SpiffeId.parse(id)),
            () -> bundle,
            InstantSource.system(),
            refused::add)
        .inHandshake();
  }

  @Test
  void call_withTheOwnCertificate_isAnswered() throws IOException {
    ConnectionRehearsal.run(own, admitting("fr.customs/gateway/gw-1"));

    assertEquals(List.of(), refused);
  }

  @Test
  void call_whereAnotherIsExpected_fails() {
    X509ExtendedTrustManager another = admitting("fr.customs/gateway/gw-2");

    assertThrows(IOException.class, () -> ConnectionRehearsal.run(own, another));
    assertFalse(refused.isEmpty());
  }
}
