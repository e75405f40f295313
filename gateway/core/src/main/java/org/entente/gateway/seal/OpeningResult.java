package org.entente.gateway.seal;

import org.entente.gateway.model.Code;
import org.entente.gateway.seal.format.OriginNumber;

/** Result of opening a delivery. */
public sealed interface OpeningResult {
  /**
   * The labels are open.
   *
   * @param labels the messages; the holder of this result closes them
   * @param session the session of the delivery
   * @param number the origin number, authenticated by the origin
   */
  record Opened(OpenedLabels labels, RecipientSession session, OriginNumber number)
      implements OpeningResult {}

  /**
   * The labels stay closed.
   *
   * <p>This is no proof against the origin, since a transit can corrupt the stanza, the signature
   * or the content. So it resolves no number.
   *
   * @param code {@code NEED_REWRAP} (session no longer known here, or another agency carried it and
   *     the origin has not bound its number), {@code HEADER_MISMATCH} (the gateway is not the
   *     session's, or the content does not match the header's commitment), {@code BAD_SIGNATURE},
   *     or {@code CANNOT_OPEN} for every failure after the use of a key
   */
  record NotOpened(Code code) implements OpeningResult {}
}
