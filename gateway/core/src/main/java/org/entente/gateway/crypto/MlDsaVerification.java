package org.entente.gateway.crypto;

import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithContext;
import org.bouncycastle.crypto.signers.MLDSASigner;

/** Pure ML-DSA verification (FIPS 204, algorithm 3), for any parameter set. */
final class MlDsaVerification {
  /** Greatest length of a context in bytes. */
  static final int MAX_CONTEXT_BYTES = 255;

  private MlDsaVerification() {}

  /** Whether the signature verifies; a context over 255 bytes never does. */
  static boolean verify(
      MLDSAPublicKeyParameters key, byte[] message, byte[] context, byte[] signature) {
    if (context.length > MAX_CONTEXT_BYTES) {
      return false;
    }
    MLDSASigner signer = new MLDSASigner();
    signer.init(false, new ParametersWithContext(key, context));
    signer.update(message, 0, message.length);
    return signer.verifySignature(signature);
  }
}
