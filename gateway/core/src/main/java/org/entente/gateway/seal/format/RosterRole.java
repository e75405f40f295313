package org.entente.gateway.seal.format;

import java.util.Arrays;
import java.util.Optional;

/** What a member of a joint operation may do. The numbers are part of the wire format. */
public enum RosterRole {
  /** Signs rosters, and all that a participant does. */
  LEAD(1),
  /** Publishes and receives. */
  PARTICIPANT(2),
  /** Receives. */
  OBSERVER(3);

  private final int number;

  RosterRole(int number) {
    this.number = number;
  }

  /** The number that stands for it. */
  public int number() {
    return number;
  }

  /** What a number stands for; empty for any other. */
  static Optional<RosterRole> of(int number) {
    return Arrays.stream(values()).filter(role -> role.number == number).findFirst();
  }

  /** Whether it lets a member publish. */
  public boolean publishes() {
    return this != OBSERVER;
  }
}
