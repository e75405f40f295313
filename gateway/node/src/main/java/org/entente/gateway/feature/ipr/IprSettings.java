package org.entente.gateway.feature.ipr;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * The procedure's settings from an agency's configuration.
 *
 * @param days its calendar
 * @param dueSoon how long before a deadline a case counts as due soon
 * @param keep how long recordations and cases are kept after they end
 * @param longest longest validity of a recordation
 * @param holders whether a client of this name is a rights holder now
 */
public record IprSettings(
    WorkingDays days,
    Duration dueSoon,
    Duration keep,
    Duration longest,
    Predicate<String> holders) {}
