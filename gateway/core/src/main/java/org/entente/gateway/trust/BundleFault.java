package org.entente.gateway.trust;

import org.entente.gateway.model.Code;

/** Reason for refusing a trust bundle. */
public enum BundleFault {
  /** Not a signed note, not canonical JSON, or inconsistent. */
  MALFORMED(Code.MALFORMED),
  /** The bundle of another federation. */
  WRONG_FEDERATION(Code.IDENTITY_MISMATCH),
  /** Too few roots signed with both keys, or a signature does not verify. */
  THRESHOLD(Code.BAD_SIGNATURE),
  /** The roots change and too few of the new ones signed. */
  ROTATION(Code.BAD_SIGNATURE),
  /** Older than the bundle in force. */
  ROLLBACK(Code.SEQUENCE_CONFLICT),
  /** The version in force with other content: the roots signed two, which raises an alarm. */
  EQUIVOCATION(Code.SEQUENCE_CONFLICT),
  /** Issued in the future. */
  NOT_YET_VALID(Code.EXPIRED),
  /** Expired, beyond grace or without a bundle in force. */
  EXPIRED(Code.EXPIRED),
  /** Expired and within grace, but admits new members or keys. */
  GRACE_ADMITS_NOTHING(Code.EXPIRED);

  private final Code code;

  BundleFault(Code code) {
    this.code = code;
  }

  /** The stable code for peers and operators. */
  public Code code() {
    return code;
  }
}
