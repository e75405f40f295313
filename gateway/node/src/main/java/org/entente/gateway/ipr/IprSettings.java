package org.entente.gateway.ipr;

import java.time.Duration;
import java.util.Set;

/**
 * What an agency's configuration says of the procedure.
 *
 * @param days its calendar
 * @param dueSoon how long before a deadline a case counts as due soon
 * @param keep how long recordations and cases are kept after they are over
 * @param longest how long a recordation may be in force at once
 * @param holders names of the clients that are rights holders'
 */
public record IprSettings(
    WorkingDays days, Duration dueSoon, Duration keep, Duration longest, Set<String> holders) {
  /** Copies the names. */
  public IprSettings {
    holders = Set.copyOf(holders);
  }
}
