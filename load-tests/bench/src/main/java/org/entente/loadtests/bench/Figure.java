package org.entente.loadtests.bench;

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
    String id, String scenario, Subject subject, String what, String unit, Spread spread) {}
