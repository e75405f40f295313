package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.ProtoBytes;
import org.entente.proto.v1.Draft;

/**
 * The key under which an outcome is remembered.
 *
 * @param client the publishing client
 * @param key the client's idempotency key
 * @param draftHash keyed hash of the draft
 */
public record OutcomeKey(String client, String key, ByteString draftHash) {
  /** The key with the bytes of the hash, which the caller does not change. */
  public static OutcomeKey of(String client, String key, byte[] draftHash) {
    return new OutcomeKey(client, key, UnsafeByteOperations.unsafeWrap(draftHash));
  }

  /**
   * The key for a client's draft. It depends on the content only, so that a draft sent again has
   * it. A repeated call is another span.
   *
   * @param body the draft's body, in canonical bytes
   */
  static OutcomeKey of(NodeName client, Draft draft, byte[] body, Fingerprint fingerprint) {
    byte[] fields = ProtoBytes.canonical(draft.toBuilder().clearTraceparent().clearBody().build());
    return of(client.value(), draft.getIdempotencyKey(), fingerprint.of(fields, body));
  }

  /** A keyed hash, 32 bytes; a plain hash on disk would allow guessing drafts. */
  @FunctionalInterface
  public interface Fingerprint {
    /** The hash of a draft's fields and of its body; the caller changes neither. */
    byte[] of(byte[] fields, byte[] body);

    /** HMAC-SHA-256 of a label, the length of the fields, the fields and the body. */
    static Fingerprint hmac(SecretBytes secret, byte[] label) {
      return (fields, body) -> {
        byte[] length = new byte[Integer.BYTES];
        BigEndian.putU32(length, 0, fields.length);
        return secret.use(key -> HmacSha256.mac(key, label, length, fields, body));
      };
    }
  }

  /** The bytes of the keyed hash, which must not be modified. */
  public byte[] hash() {
    return ProtoBytes.array(draftHash);
  }

  /**
   * The part of the key that is equal for two calls with one idempotency key, whatever their
   * content.
   */
  String slot() {
    return client + '/' + key;
  }
}
