package org.entente.gateway.intake;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.Draft;

/**
 * The key under which an outcome is remembered.
 *
 * @param client the publishing client
 * @param key the client's idempotency key
 * @param draftHash keyed hash of the draft, in hex
 */
public record OutcomeKey(String client, String key, String draftHash) {
  /** The key with the bytes of the hash. */
  public static OutcomeKey of(String client, String key, byte[] draftHash) {
    return new OutcomeKey(client, key, HexFormat.of().formatHex(draftHash));
  }

  /**
   * The key for a client's draft. It depends on the content only: libraries write map entries in
   * any order, so equal drafts may arrive as different bytes. A repeated call is another span.
   *
   * @param fingerprint keyed hash of bytes
   */
  static OutcomeKey of(NodeName client, Draft draft, UnaryOperator<byte[]> fingerprint) {
    return of(
        client.value(),
        draft.getIdempotencyKey(),
        fingerprint.apply(canonicalBytes(content(draft))));
  }

  private static Draft content(Draft draft) {
    return draft.getTraceparent().isEmpty() ? draft : draft.toBuilder().clearTraceparent().build();
  }

  /** Canonical bytes: fields by number, map entries by key, defaults omitted. */
  private static byte[] canonicalBytes(Draft draft) {
    byte[] bytes = new byte[draft.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      draft.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("a draft does not fit its computed size", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  /** The bytes of the keyed hash. */
  public byte[] hash() {
    return HexFormat.of().parseHex(draftHash);
  }

  /**
   * The part of the key that is equal for two calls with one idempotency key, whatever their
   * content.
   */
  String slot() {
    return client + '/' + key;
  }
}
