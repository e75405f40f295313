package org.entente.gateway.audit.record;

import java.util.Arrays;
import java.util.Optional;

/** What a recorded act is in law: Directive (EU) 2016/680, article 25, names those to be logged. */
public enum LawCategory {
  /** Data came in. */
  COLLECTION(1),
  /** Data were changed. */
  ALTERATION(2),
  /** Data were looked at. */
  CONSULTATION(3),
  /** Data were passed on. */
  DISCLOSURE(4),
  /** Data were matched with others. */
  COMBINATION(5),
  /** Data were destroyed. */
  ERASURE(6),
  /** None of them: the record speaks of the node, not of data. */
  NONE(7);

  private final int number;

  LawCategory(int number) {
    this.number = number;
  }

  /** The number that stands for it on disk. */
  public int number() {
    return number;
  }

  /** What a number stands for; empty for one that this release does not know. */
  static Optional<LawCategory> of(int number) {
    return Arrays.stream(values()).filter(value -> value.number == number).findFirst();
  }
}
