package org.entente.gateway.seal;

import java.util.Optional;
import java.util.function.IntConsumer;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.Stanza;

/**
 * Opens envelopes and counts the opened messages. Safe for use by many threads.
 *
 * <p>Every failure after the use of a key has the same outcome, without a reason.
 */
public final class Opener {
  private final IntConsumer opened;

  /**
   * An opener.
   *
   * @param opened receives the number of messages of each envelope whose labels were opened; a
   *     gateway opens envelopes only here, so a transit's count stays 0
   */
  public Opener(IntConsumer opened) {
    this.opened = opened;
  }

  /**
   * Opens a delivery: finds the session, verifies the header's signature, the stanza's binding and
   * the commitment, unwraps the content key, opens the labels. The caller judges the origin number.
   *
   * <p>A thief of a recipient key can make stanzas of any number for that recipient. So only the
   * origin itself may bring one without a binding, over its own link.
   *
   * @param carrier the agency at the other end of the link, as TLS has authenticated it
   */
  public OpeningResult open(
      AgencyName carrier, Envelope envelope, Stanza stanza, RecipientSessions sessions) {
    EnvelopeFacts facts = envelope.header().facts();
    Optional<RecipientSession> found = sessions.find(facts.origin(), stanza.session());
    if (found.isEmpty()) {
      return new OpeningResult.NotOpened(Code.NEED_REWRAP);
    }
    RecipientSession session = found.get();
    if (!session.carries(facts)) {
      return new OpeningResult.NotOpened(Code.HEADER_MISMATCH);
    }
    if (!envelope.isSignedBy(session.terms().parties().gateway().key())) {
      return new OpeningResult.NotOpened(Code.BAD_SIGNATURE);
    }
    if (!carrier.equals(facts.origin()) && !session.binds(envelope.header(), stanza)) {
      return new OpeningResult.NotOpened(Code.NEED_REWRAP);
    }
    if (!envelope.isWhole()) {
      return new OpeningResult.NotOpened(Code.HEADER_MISMATCH);
    }
    return openUnder(session, envelope, stanza);
  }

  private OpeningResult openUnder(RecipientSession session, Envelope envelope, Stanza stanza) {
    Optional<ContentKey> key = session.unwrap(envelope.header(), stanza);
    if (key.isEmpty() && session.isClosed()) {
      return new OpeningResult.NotOpened(Code.NEED_REWRAP);
    }
    Optional<OpenedLabels> labels = key.flatMap(contentKey -> openWhole(envelope, contentKey));
    if (labels.isEmpty()) {
      key.ifPresent(ContentKey::close);
      return new OpeningResult.NotOpened(Code.CANNOT_OPEN);
    }
    OriginNumber number = stanza.number(envelope.header().facts().lane());
    return new OpeningResult.Opened(labels.get(), session, number);
  }

  /**
   * Opens the labels with a content key; for the agency's own envelopes, since it does not verify
   * the signature. The result then owns the key. Empty for any failure; the caller then keeps the
   * key.
   */
  public Optional<OpenedLabels> openLabels(Envelope envelope, ContentKey key) {
    return envelope.isWhole() ? openWhole(envelope, key) : Optional.empty();
  }

  private Optional<OpenedLabels> openWhole(Envelope envelope, ContentKey key) {
    EnvelopeFacts facts = envelope.header().facts();
    Optional<OpenedLabels> labels =
        key.openLabels(facts.origin(), facts.id(), envelope.labels())
            .flatMap(plaintext -> OpenedLabels.of(envelope, key, plaintext));
    labels.ifPresent(open -> opened.accept(open.count()));
    return labels;
  }
}
