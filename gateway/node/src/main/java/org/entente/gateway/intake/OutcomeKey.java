package org.entente.gateway.intake;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import org.entente.gateway.model.NodeName;
import org.entente.proto.v1.Draft;

/**
 * Under what an outcome is remembered.
 *
 * @param client who published
 * @param key the client's idempotency key
 * @param draftHash keyed hash of the draft, in hex
 */
record OutcomeKey(String client, String key, String draftHash) {
  static OutcomeKey of(String client, String key, byte[] draftHash) {
    return new OutcomeKey(client, key, HexFormat.of().formatHex(draftHash));
  }

  /**
   * The key of a client's draft. It depends on the content alone: libraries write the entries of a
   * map in any order, so that the same draft may arrive as other bytes each time.
   *
   * @param fingerprint keyed hash of bytes
   */
  static OutcomeKey of(NodeName client, Draft draft, UnaryOperator<byte[]> fingerprint) {
    return of(client.value(), draft.getIdempotencyKey(), fingerprint.apply(canonicalBytes(draft)));
  }

  /** Fields by number, entries of maps by key, defaults left out. */
  private static byte[] canonicalBytes(Draft draft) {
    byte[] bytes = new byte[draft.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      draft.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("a draft does not fit its own size", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  byte[] hash() {
    return HexFormat.of().parseHex(draftHash);
  }

  /** What two calls with one idempotency key have in common, whatever their content. */
  String slot() {
    return client + '/' + key;
  }
}
