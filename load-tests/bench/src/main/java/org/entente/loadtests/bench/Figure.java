package org.entente.loadtests.bench;

import java.util.Locale;
import org.entente.loadtests.measure.Spread;

/**
 * One figure of a run.
 *
 * @param id key for comparing runs
 * @param scenario the scenario
 * @param subject the measured system
 * @param what the measured quantity, in words
 * @param unit of the values
 * @param spread over the repeats
 */
record Figure(
    String id, String scenario, Subject subject, String what, String unit, Spread spread) {
  private static final double WHOLE = 1_000;
  private static final double TENTHS = 10;

  /** A number with its significant digits. */
  static String number(double value) {
    String form = Math.abs(value) >= WHOLE ? "%,.0f" : Math.abs(value) >= TENTHS ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, form, value);
  }
}
