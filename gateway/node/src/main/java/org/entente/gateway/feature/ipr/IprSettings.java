package org.entente.gateway.feature.ipr;

import java.time.Duration;
import java.util.Set;

/**
 * The procedure's settings from an agency's configuration.
 *
 * @param days its calendar
 * @param dueSoon how long before a deadline a case counts as due soon
 * @param keep how long recordations and cases are kept after they end
 * @param longest longest validity of a recordation
 * @param holders names of the clients that are rights holders
 */
public record IprSettings(
    WorkingDays days, Duration dueSoon, Duration keep, Duration longest, Set<String> holders) {
  /** Copies the names. */
  public IprSettings {
    holders = Set.copyOf(holders);
  }
}
