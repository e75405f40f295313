package org.entente.gateway.receive;

import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;

/**
 * The reason for which this agency does not keep a received message, in two versions.
 *
 * @param detail the reason for this gateway's log and audit log
 * @param told the reason for the origin; it says nothing about agreements to which the origin is no
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
    return words(refusal.rule(), refusal.reason());
  }

  /** A feature's problem with a message as one line. */
  static String words(Problem problem) {
    return words(problem.field(), problem.message());
  }

  private static String words(String rule, String reason) {
    return rule.isEmpty() ? reason : rule + ": " + reason;
  }
}
