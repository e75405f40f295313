package org.entente.gateway.seal.format;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;

/**
 * Where a message stands: the envelope, named with its origin, and the place in it. Bound into
 * everything that is sealed for that message.
 *
 * @param origin agency whose message it is
 * @param envelope envelope that it came in
 * @param index place in the envelope, from 0
 */
public record BodyAddress(AgencyName origin, EnvelopeId envelope, int index) {
  public BodyAddress {
    if (index < 0 || index >= EnvelopeHeader.MAX_COUNT) {
      throw new IllegalArgumentException("message " + index + " of an envelope");
    }
  }

  /** Domain, length and text of the origin, envelope, index: one string of bytes per address. */
  public byte[] encoded(byte[] domain) {
    return new FieldWriter(domain.length + 64)
        .fixed(domain)
        .text(origin.value())
        .fixed(envelope.bytes())
        .u32(index)
        .toBytes();
  }
}
