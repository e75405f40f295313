package org.entente.gateway.seal;

import java.security.SecureRandom;
import org.entente.gateway.crypto.HpkeExport;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;

/** A session on the sender's side: announcement, secret and number of uses. Not thread-safe. */
final class SenderSession implements AutoCloseable {
  private final SessionAnnouncement announcement;
  private final WrappingKey wrappingKey;
  private int envelopes;
  private boolean confirmed;

  private SenderSession(SessionAnnouncement announcement, WrappingKey wrappingKey) {
    this.announcement = announcement;
    this.wrappingKey = wrappingKey;
  }

  /** Encapsulates to the recipient's key and signs the announcement; takes almost a millisecond. */
  static SenderSession open(
      SessionTerms terms, PublishedKey recipient, SigningPair pair, SecureRandom random) {
    HpkeExport.Sender hpke = HpkeExport.toRecipient(recipient.key(), terms.hpkeInfo(), random);
    WrappingKey key = new WrappingKey(hpke.export(Suite.WRAPPING_KEY, WrappingKey.BYTES));
    return new SenderSession(SessionAnnouncement.sign(terms, hpke.enc(), pair), key);
  }

  SessionTerms terms() {
    return announcement.terms();
  }

  int envelopes() {
    return envelopes;
  }

  Stanza wrap(EnvelopeHeader header, OriginNumber number, ContentKey key) {
    envelopes++;
    byte[] wrapped = wrappingKey.wrap(header, number, key);
    return new Stanza(announcement.id(), number.epoch(), number.sequence(), wrapped);
  }

  SessionAnnouncement announcement() {
    return announcement;
  }

  boolean isConfirmed() {
    return confirmed;
  }

  void setConfirmed(boolean confirmed) {
    this.confirmed = confirmed;
  }

  @Override
  public void close() {
    wrappingKey.close();
  }
}
