package org.entente.gateway.cli;

import org.entente.gateway.model.InvalidValue;

/** Text of others on a terminal. */
final class Screen {
  private Screen() {}

  /** Without control characters, which could steer the terminal; cut to one line's worth. */
  static String printable(String text) {
    return InvalidValue.printable(text);
  }
}
