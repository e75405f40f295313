package org.entente.gateway.seal;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.NumberBinding;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;

/**
 * A session on the recipient's side: verified terms and the wrapping key. Opens only envelopes
 * whose origin is the sender of its announcement. Safe for use by many threads.
 */
public final class RecipientSession {
  private final SessionId id;
  private final SessionTerms terms;
  private final byte[] announcementHash;
  private final byte[] announcement;
  private final VerifyingPair signer;
  private final WrappingKey wrappingKey;

  RecipientSession(
      SessionAnnouncement announcement, VerifyingPair signer, WrappingKey wrappingKey) {
    this.id = announcement.id();
    this.terms = announcement.terms();
    this.announcementHash = announcement.hash();
    this.announcement = announcement.encoded();
    this.signer = signer;
    this.wrappingKey = wrappingKey;
  }

  /** The session's name. */
  public SessionId id() {
    return id;
  }

  /** The terms that the sender stated and its agency signed. */
  public SessionTerms terms() {
    return terms;
  }

  /** The exact bytes of the announcement as it was verified, a new array. */
  public byte[] announcement() {
    return announcement.clone();
  }

  /** The sender's pair that signed the announcement. */
  VerifyingPair signer() {
    return signer;
  }

  boolean isAnnouncedBy(SessionAnnouncement announcement) {
    return Arrays.equals(announcementHash, announcement.hash());
  }

  boolean isSameAs(RecipientSession other) {
    return Arrays.equals(announcementHash, other.announcementHash);
  }

  /** Whether the envelope is from the sender and from the gateway named in the session. */
  boolean carries(EnvelopeFacts facts) {
    return facts.origin().equals(terms.parties().sender())
        && facts.gateway().equals(terms.parties().gateway().name());
  }

  /** Whether the sender's gateway bound the stanza's number to this envelope and this recipient. */
  boolean binds(EnvelopeHeader header, Stanza stanza) {
    SessionTerms.Parties parties = terms.parties();
    NumberBinding binding =
        new NumberBinding(
            parties.federation(),
            header,
            parties.recipient(),
            stanza.number(header.facts().lane()));
    return stanza
        .binding()
        .filter(signature -> binding.isSigned(signature, parties.gateway().key()))
        .isPresent();
  }

  Optional<ContentKey> unwrap(EnvelopeHeader header, Stanza stanza) {
    OriginNumber number = stanza.number(header.facts().lane());
    // The wrap is bound to the number's own epoch; older epochs than the session's still arrive.
    return number.epoch() <= terms.epoch()
        ? wrappingKey.unwrap(header, number, stanza.wrapped())
        : Optional.empty();
  }

  boolean isClosed() {
    return wrappingKey.isClosed();
  }

  void close() {
    wrappingKey.close();
  }

  @Override
  public String toString() {
    return "session " + id + " of " + terms.parties().sender();
  }
}
