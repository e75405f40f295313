package org.entente.gateway.seal.format;

/**
 * Failure to parse bytes in a format; never leaves a parser.
 *
 * <p>Has no stack trace: hostile input must not cost more than honest input.
 */
final class MalformedInput extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedInput() {
    super(null, null, false, false);
  }
}
