package org.entente.gateway.seal.format;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.PairSignature;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;

/** An agency's pair signature over a domain and the body before it. */
public final class AgencySignature {
  private final byte[] domain;
  private final byte[] body;
  private final PairSignature signature;

  private AgencySignature(byte[] domain, byte[] body, PairSignature signature) {
    this.domain = domain;
    this.body = body;
    this.signature = signature;
  }

  public static AgencySignature sign(byte[] domain, byte[] body, SigningPair pair) {
    return new AgencySignature(domain, body, pair.sign(message(domain, body)));
  }

  /** Reads the signature that ends a format, without verifying it. */
  static AgencySignature read(FieldReader in, byte[] domain, byte[] body) throws MalformedInput {
    PairSignature signature =
        PairSignature.parse(in.fixed(PairSignature.ENCODED_BYTES)).orElseThrow(MalformedInput::new);
    return new AgencySignature(domain, body, signature);
  }

  boolean isBy(List<VerifyingPair> pairs) {
    return signer(pairs).isPresent();
  }

  /** The pair among these that made it; empty if none did. */
  Optional<VerifyingPair> signer(List<VerifyingPair> pairs) {
    byte[] message = message(domain, body);
    return pairs.stream().filter(pair -> pair.verify(message, signature)).findFirst();
  }

  byte[] body() {
    return body;
  }

  /** Body, then signature. */
  public byte[] signedBytes() {
    return new FieldWriter(body.length + PairSignature.ENCODED_BYTES)
        .fixed(body)
        .fixed(signature.encoded())
        .toBytes();
  }

  private static byte[] message(byte[] domain, byte[] body) {
    return new FieldWriter(domain.length + body.length).fixed(domain).fixed(body).toBytes();
  }
}
