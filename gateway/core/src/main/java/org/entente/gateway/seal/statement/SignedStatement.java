package org.entente.gateway.seal.statement;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/**
 * A signed statement: frame and content as its {@link StatementFormat} reads them, and a signature.
 * Parsed input encodes to the same bytes; only the methods that take a key check the signature.
 * Immutable and safe for use by many threads.
 *
 * @param <C> its content
 */
public interface SignedStatement<C extends SignedStatement.Content> {
  /** What a statement says, its frame included. */
  interface Content {
    /** Who says it, to whom, and when. */
    StatementFrame frame();

    /** The federation in which it holds. */
    default FederationName federation() {
      return frame().federation();
    }

    /** The gateway that made it. */
    default NodeName gateway() {
      return frame().gateway();
    }

    /** When it was made, milliseconds since 1970. */
    default long issuedAtMs() {
      return frame().issuedAtMs();
    }
  }

  /** A statement that a gateway signs with its Ed25519 key. */
  interface ByGateway<C extends Content> extends SignedStatement<C> {
    /** Whether this key's owner signed it. */
    default boolean isSignedBy(Ed25519VerifyingKey key) {
      return signed().isBy(key);
    }
  }

  /** A statement that an agency signs with its pair. */
  interface ByAgency<C extends Content> extends SignedStatement<C> {
    /** The pair among these that signed it; empty if none did. */
    default Optional<VerifyingPair> signer(List<VerifyingPair> pairs) {
      return pairs.stream().filter(signed()::isBy).findFirst();
    }

    /** Whether any of these pairs signed it. */
    default boolean isSignedBy(List<VerifyingPair> pairs) {
      return signer(pairs).isPresent();
    }
  }

  /** Its content and bytes. */
  Signed<C> signed();

  /** The content. */
  default C content() {
    return signed().content();
  }

  /** Who makes it, for whom, and when. */
  default StatementFrame frame() {
    return content().frame();
  }

  /** The exact bytes, the signature at the end. */
  default byte[] encoded() {
    return signed().encoded();
  }
}
