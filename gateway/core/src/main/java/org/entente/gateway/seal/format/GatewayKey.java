package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.NodeName;

/**
 * A gateway of an agency and the key that verifies its signatures: headers, voids, watermarks.
 *
 * @param name the gateway's name within its agency
 * @param key its Ed25519 key
 */
public record GatewayKey(NodeName name, Ed25519VerifyingKey key) {
  public static GatewayKey read(FieldReader in) {
    return new GatewayKey(in.node(), in.ed25519());
  }

  public void write(FieldWriter out) {
    out.text(name.value()).fixed(key.encoded());
  }
}
