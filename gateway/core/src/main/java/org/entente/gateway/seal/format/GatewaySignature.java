package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;

/** A gateway's Ed25519 signature over a domain and the body before it. */
final class GatewaySignature {
  private final byte[] domain;
  private final byte[] body;
  private final byte[] signature;

  GatewaySignature(byte[] domain, byte[] body, byte[] signature) {
    this.domain = domain;
    this.body = body;
    this.signature = signature;
  }

  static GatewaySignature sign(byte[] domain, byte[] body, Ed25519SigningKey key) {
    return new GatewaySignature(domain, body, key.sign(message(domain, body)));
  }

  boolean isBy(Ed25519VerifyingKey key) {
    return key.verify(message(domain, body), signature);
  }

  byte[] body() {
    return body.clone();
  }

  byte[] signature() {
    return signature.clone();
  }

  /** Body, then signature. */
  byte[] signedBytes() {
    return new FieldWriter(body.length + signature.length).fixed(body).fixed(signature).toBytes();
  }

  private static byte[] message(byte[] domain, byte[] body) {
    return new FieldWriter(domain.length + body.length).fixed(domain).fixed(body).toBytes();
  }
}
