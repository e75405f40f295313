package org.entente.gateway.crypto;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * Reads certificate requests (PKCS#10, RFC 2986). Only the key counts: what a request says of names
 * and rights is ignored, since its maker is who asks for them. Stateless; safe for many threads.
 */
public final class CertificateRequests {
  private static final String REQUEST = "CERTIFICATE REQUEST";

  private CertificateRequests() {}

  /**
   * The key for which a request in PEM asks a certificate. Its maker holds the private key: the
   * request is signed with it.
   *
   * @throws CertificateException unless there is exactly one request, well-formed, signed with its
   *     own key, and that key is on P-256
   */
  public static PublicKey key(String pem) throws CertificateException {
    try {
      List<byte[]> blocks = Pem.blocks(pem, REQUEST);
      if (blocks.size() != 1) {
        throw new CertificateException(blocks.size() + " certificate requests; expected one");
      }
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(blocks.get(0));
      PublicKey key =
          KeyFactory.getInstance("EC")
              .generatePublic(
                  new X509EncodedKeySpec(request.getSubjectPublicKeyInfo().getEncoded()));
      if (!EcKeys.isP256(key)) {
        throw new CertificateException("the key of the request is not on P-256");
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new CertificateException("the request is not signed with its own key");
      }
      return key;
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the key of the request is not on P-256", e);
    } catch (PKCSException | OperatorCreationException e) {
      throw new CertificateException("the request is not signed with its own key", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new CertificateException(String.valueOf(e.getMessage()), e);
    }
  }
}
