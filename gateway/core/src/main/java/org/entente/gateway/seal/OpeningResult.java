package org.entente.gateway.seal;

import org.entente.gateway.model.Code;
import org.entente.gateway.seal.format.OriginNumber;

/** What became of a delivery that was to be opened. */
public sealed interface OpeningResult {
  /**
   * The labels are open.
   *
   * @param labels the messages; closed by whoever holds this
   * @param session the session under which they came
   * @param number the end-to-end number, authenticated as the origin's
   */
  record Opened(OpenedLabels labels, RecipientSession session, OriginNumber number)
      implements OpeningResult {}

  /**
   * They are not.
   *
   * <p>None of this binds the origin: a transit can spoil the stanza, the signature or the content.
   * So no number is resolved by it.
   *
   * @param code {@code NEED_REWRAP} (no such session here any more), {@code HEADER_MISMATCH} (the
   *     gateway is not the session's, or the content not what the header commits to), {@code
   *     BAD_SIGNATURE}, or {@code CANNOT_OPEN} for everything that shows once a key is used
   */
  record NotOpened(Code code) implements OpeningResult {}
}
