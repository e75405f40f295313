package org.entente.gateway.receive;

import org.entente.gateway.model.Refusal;

/**
 * Why a received message is not kept, in two versions.
 *
 * @param detail what the own log and audit log say
 * @param told what the origin is told; it names nothing of agreements to which the origin is no
 *     party
 */
public record IngressRefusal(Refusal detail, String told) {
  /** A refusal that rests only on what the origin sent, and is told in full. */
  public static IngressRefusal open(Refusal refusal) {
    return new IngressRefusal(refusal, words(refusal));
  }

  /** The detail as one line. */
  String said() {
    return words(detail);
  }

  static String words(Refusal refusal) {
    return refusal.rule().isEmpty() ? refusal.reason() : refusal.rule() + ": " + refusal.reason();
  }
}
