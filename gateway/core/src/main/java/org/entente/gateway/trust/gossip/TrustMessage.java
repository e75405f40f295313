package org.entente.gateway.trust.gossip;

import java.nio.ByteBuffer;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.TrustBundle;

/**
 * Message between neighbours about trust bundles. Only the signatures of roots and witnesses make
 * its content trustworthy. Immutable.
 */
public sealed interface TrustMessage {
  /**
   * The bundle that the sender has in force.
   *
   * @param version 1 to {@link BundleContent#MAX_VERSION}
   * @param hash {@link TrustBundle#hash()} of the bundle
   */
  record InForce(long version, String hash) implements TrustMessage {
    public InForce {
      if (version < 1 || version > BundleContent.MAX_VERSION) {
        throw new InvalidValue("a version is 1 to 2^53-1", Long.toString(version));
      }
      hash = new Fingerprint(hash).hex();
    }
  }

  /**
   * A request for a part.
   *
   * @param have version in force at the sender; the answer is the next bundle for it
   * @param hash of the bundle; empty for the first part
   * @param offset where the part begins, in bytes, not below 0
   */
  record PartRequest(long have, String hash, int offset) implements TrustMessage {
    public PartRequest {
      if (have < 0 || have > BundleContent.MAX_VERSION || offset < 0) {
        throw new InvalidValue(
            "a version is 1 to 2^53-1 and an offset 0 or more", have + ", " + offset);
      }
      hash = hash.isEmpty() ? hash : new Fingerprint(hash).hex();
    }
  }

  /**
   * A part of a signed note.
   *
   * @param hash {@link TrustBundle#hash()} of the bundle
   * @param offset where it begins, in bytes
   * @param total bytes of the note
   * @param bytes the part, which callers must not change
   */
  record Part(String hash, int offset, int total, ByteBuffer bytes) implements TrustMessage {
    public Part {
      if (offset < 0 || total < 0) {
        throw new InvalidValue("offset and total are 0 or more", offset + ", " + total);
      }
      hash = new Fingerprint(hash).hex();
    }
  }

  /**
   * A witness's statement.
   *
   * @param note as {@link Freshness#verify} reads it, which callers must not change
   */
  record FreshnessNotice(ByteBuffer note) implements TrustMessage {}
}
