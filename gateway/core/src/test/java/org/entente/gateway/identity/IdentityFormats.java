package org.entente.gateway.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.entente.gateway.testkit.TestFederation.START;

import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.testkit.Formats;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.TrustBundle;

/** Who a peer claims to be. */
public final class IdentityFormats {
  private static final String PEER =
      "spiffe://" + TestFederation.NAME + "/agency/fr.customs/gateway/gw-1";

  private IdentityFormats() {}

  /** All of them, over a federation with fresh keys. */
  public static Formats all() {
    TestFederation federation = new TestFederation(START);
    TrustBundle bundle = federation.bundle(federation.content(1));
    X509Certificate issued =
        federation.certificate("fr.customs", PEER, START, START.plusSeconds(3600));
    return new Formats("identity")
        .with("spiffe-id", Formats.same(InvalidValue.class, IdentityFormats::id), () -> ids())
        .with(
            "peer-certificate",
            der -> identified(bundle, issued, der),
            () -> List.of(encoded(issued)));
  }

  private static byte[] id(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    if (!Arrays.equals(bytes, text.getBytes(UTF_8))) {
      throw new InvalidValue("text is UTF-8", "other bytes");
    }
    return SpiffeId.parse(text).toString().getBytes(UTF_8);
  }

  private static List<byte[]> ids() {
    return List.of(
        PEER.getBytes(UTF_8), "spiffe://a.example/agency/x.hub/client/desk".getBytes(UTF_8));
  }

  /** Nobody is let in but by the one certificate that the agency's CA issued. */
  private static boolean identified(TrustBundle bundle, X509Certificate issued, byte[] der) {
    X509Certificate certificate;
    try {
      certificate = Certificates.parse(der);
    } catch (CertificateException refused) {
      return false;
    }
    boolean known =
        new PeerIdentity(new AgencyName("de.customs"), Duration.ofDays(3))
            .identify(List.of(certificate), bundle, START.plusSeconds(60))
            .refusal()
            .isEmpty();
    if (known && !issued.getPublicKey().equals(certificate.getPublicKey())) {
      throw new AssertionError("a certificate that nobody issued");
    }
    return known;
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }
}
