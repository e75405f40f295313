package org.entente.gateway.seal;

import org.entente.gateway.crypto.HpkeExport;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.statement.SessionAnnouncement;

/**
 * A session in the hands of a thief, who holds the recipient's day key and has seen the
 * announcement: it wraps and unwraps as the origin does, and signs nothing.
 */
public final class StolenKey {
  private final SessionAnnouncement announcement;
  private final WrappingKey wrappingKey;

  /** Derives the session's secret as the recipient does. */
  public StolenKey(XWingPrivateKey key, SessionAnnouncement announcement) {
    this.announcement = announcement;
    this.wrappingKey =
        HpkeExport.fromSender(
                key,
                announcement.enc(),
                announcement.terms().hpkeInfo(),
                Suite.WRAPPING_KEY,
                WrappingKey.BYTES)
            .map(WrappingKey::new)
            .orElseThrow();
  }

  /** The content key of an envelope of the session. */
  public ContentKey unwrap(EnvelopeHeader header, Stanza stanza) {
    return wrappingKey
        .unwrap(header, stanza.number(header.facts().lane()), stanza.wrapped())
        .orElseThrow();
  }

  /** A stanza of any envelope of the origin under any number. */
  public Stanza wrap(EnvelopeHeader header, OriginNumber number, ContentKey key) {
    return new Stanza(
        announcement.id(),
        number.epoch(),
        number.sequence(),
        wrappingKey.wrap(header, number, key));
  }
}
