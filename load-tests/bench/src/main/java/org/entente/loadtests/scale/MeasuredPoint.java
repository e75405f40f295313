package org.entente.loadtests.scale;

/**
 * One measured point, as the simulation writes it.
 *
 * @param quantity what was measured, as a name
 * @param what the same in words
 * @param unit of the value
 * @param shape how agencies were linked: MESH or HUB
 * @param agencies how many there were
 */
record MeasuredPoint(
    String quantity, String what, String unit, String shape, int agencies, double value) {}
