package org.entente.gateway.model;

import java.util.List;

/**
 * Priority class of transport, after STANAG 4406 precedence, highest first. It concerns speed only.
 */
public enum Lane {
  FLASH(1),
  IMMEDIATE(2),
  PRIORITY(3),
  ROUTINE(4);

  private static final List<Lane> ALL = List.of(values());

  private final int number;

  Lane(int number) {
    this.number = number;
  }

  /** The lane's number on the wire, on disk and in the protos. */
  public int number() {
    return number;
  }

  /**
   * How many of a limited number of places this lane may fill. The last eighth is reserved for
   * FLASH, so that bulk traffic never causes an alert to be refused.
   */
  public int share(int places) {
    return this == FLASH ? places : places - places / 8;
  }

  /** All lanes, highest first. */
  public static List<Lane> all() {
    return ALL;
  }

  /**
   * The lane with a number.
   *
   * @throws InvalidValue for any number but 1 to 4
   */
  public static Lane of(int number) {
    if (number < 1 || number > ALL.size()) {
      throw new InvalidValue("a lane is 1 (FLASH) to 4 (ROUTINE)", Integer.toString(number));
    }
    return ALL.get(number - 1);
  }
}
