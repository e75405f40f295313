package org.entente.loadtests.bench;

import org.entente.loadtests.measure.Spread;

/**
 * One figure of a run.
 *
 * @param id by which two runs are compared
 * @param scenario what was done
 * @param subject with what
 * @param what was measured, in words
 * @param unit of the values
 * @param spread over the repeats
 */
record Figure(
    String id, String scenario, Subject subject, String what, String unit, Spread spread) {}
