package org.entente.gateway.config;

/** Bounds of numbers in a configuration. */
final class ConfigBounds {
  private ConfigBounds() {}

  /**
   * A number within its bounds; 0 stands for the default.
   *
   * @throws IllegalArgumentException naming the field, the number and what is valid
   */
  static int bounded(String field, int value, int byDefault, int least, int most) {
    int number = value == 0 ? byDefault : value;
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          field + " is " + number + "; it must be from " + least + " to " + most);
    }
    return number;
  }
}
