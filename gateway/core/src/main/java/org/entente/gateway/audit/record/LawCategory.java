package org.entente.gateway.audit.record;

import java.util.Arrays;
import java.util.Optional;

/**
 * Legal category of a recorded act. Directive (EU) 2016/680, article 25, names the acts to be
 * logged.
 */
public enum LawCategory {
  /** Data were received. */
  COLLECTION(1),
  /** Data were changed. */
  ALTERATION(2),
  /** Data were viewed. */
  CONSULTATION(3),
  /** Data were passed on. */
  DISCLOSURE(4),
  /** Data were matched with others. */
  COMBINATION(5),
  /** Data were destroyed. */
  ERASURE(6),
  /** None of them: the record concerns the node, not data. */
  NONE(7);

  private final int number;

  LawCategory(int number) {
    this.number = number;
  }

  /** Its number on disk. */
  public int number() {
    return number;
  }

  /** The category with a number; empty for a number that this release does not know. */
  static Optional<LawCategory> of(int number) {
    return Arrays.stream(values()).filter(value -> value.number == number).findFirst();
  }
}
