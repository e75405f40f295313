package org.entente.gateway.seal.format;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;

/**
 * Address of a message: origin, envelope and index in it. Everything sealed for that message is
 * bound to it.
 *
 * @param origin agency whose message it is
 * @param envelope its envelope
 * @param index index in the envelope, from 0
 */
public record BodyAddress(AgencyName origin, EnvelopeId envelope, int index) {
  private static final int ENVELOPE_AND_INDEX = EnvelopeId.SIZE + Integer.BYTES;

  public BodyAddress {
    if (index < 0 || index >= EnvelopeHeader.MAX_COUNT) {
      throw new IllegalArgumentException("message " + index + " of an envelope");
    }
  }

  /** Domain, length and text of the origin, envelope, index: a unique encoding of the address. */
  public byte[] encoded(byte[] domain) {
    return new FieldWriter(domain.length + 1 + origin.value().length() + ENVELOPE_AND_INDEX)
        .fixed(domain)
        .text(origin.value())
        .id(envelope)
        .u32(index)
        .toBytes();
  }
}
