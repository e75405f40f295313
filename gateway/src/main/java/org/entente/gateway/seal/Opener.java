package org.entente.gateway.seal;

import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Opens envelopes, and counts what it opened. Safe for use by many threads.
 *
 * <p>Everything that can be wrong once a key has been used is one outcome without a reason.
 */
public final class Opener {
  private final IntConsumer opened;

  /**
   * An opener.
   *
   * @param opened told the number of messages of each envelope whose labels were opened; all that a
   *     gateway ever opens passes here, so a transit's count stays 0
   */
  public Opener(IntConsumer opened) {
    this.opened = opened;
  }

  /**
   * Opens the labels under a content key, of which the result takes charge; empty whatever was
   * wrong, and then the caller keeps the key. Does not verify the signature.
   */
  public Optional<OpenedLabels> openLabels(Envelope envelope, ContentKey key) {
    if (!envelope.isWhole()) {
      return Optional.empty();
    }
    EnvelopeFacts facts = envelope.header().facts();
    Optional<OpenedLabels> labels =
        key.openLabels(facts.origin(), facts.id(), envelope.labels())
            .flatMap(plaintext -> OpenedLabels.of(envelope, key, plaintext));
    labels.ifPresent(open -> opened.accept(open.count()));
    return labels;
  }
}
