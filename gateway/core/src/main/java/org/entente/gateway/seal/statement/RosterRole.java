package org.entente.gateway.seal.statement;

import java.util.Arrays;

/** Role of a member of a joint operation. The numbers are part of the wire format. */
public enum RosterRole {
  /** Signs rosters, publishes and receives. */
  LEAD(1),
  /** Publishes and receives. */
  PARTICIPANT(2),
  /** Receives. */
  OBSERVER(3);

  private final int number;

  RosterRole(int number) {
    this.number = number;
  }

  /** Its number. */
  public int number() {
    return number;
  }

  /**
   * The role with a number.
   *
   * @throws IllegalArgumentException for any other number
   */
  static RosterRole of(int number) {
    return Arrays.stream(values())
        .filter(role -> role.number == number)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no role has the number " + number));
  }

  /** Whether a member with this role may publish. */
  public boolean publishes() {
    return this != OBSERVER;
  }
}
