package org.entente.gateway.trust;

import org.entente.gateway.model.Code;

/** Why a trust bundle was refused. */
public enum BundleFault {
  /** Not a signed note, not canonical JSON, or inconsistent in itself. */
  MALFORMED(Code.MALFORMED),
  /** The bundle of another federation. */
  WRONG_FEDERATION(Code.IDENTITY_MISMATCH),
  /** Too few roots signed with both keys, or a signature does not verify. */
  THRESHOLD(Code.BAD_SIGNATURE),
  /** The roots change and too few of the new ones signed. */
  ROTATION(Code.BAD_SIGNATURE),
  /** Older than the bundle in force. */
  ROLLBACK(Code.SEQUENCE_CONFLICT),
  /** The version in force with other content: the roots said two things, which is an alarm. */
  EQUIVOCATION(Code.SEQUENCE_CONFLICT),
  /** Issued in the future. */
  NOT_YET_VALID(Code.EXPIRED),
  /** Expired, beyond grace or with nothing in force that it could go on with. */
  EXPIRED(Code.EXPIRED),
  /** Expired within grace, yet admits members or keys that are not in force. */
  GRACE_ADMITS_NOTHING(Code.EXPIRED);

  private final Code code;

  BundleFault(Code code) {
    this.code = code;
  }

  /** The stable code under which peers and operators are told. */
  public Code code() {
    return code;
  }
}
