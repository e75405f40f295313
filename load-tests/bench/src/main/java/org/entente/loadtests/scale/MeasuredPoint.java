package org.entente.loadtests.scale;

/**
 * One measured point, as the simulation writes it.
 *
 * @param quantity name of the measured quantity
 * @param what the quantity in words
 * @param unit of the value
 * @param shape links of the agencies: MESH or HUB
 * @param agencies number of agencies
 */
record MeasuredPoint(
    String quantity, String what, String unit, String shape, int agencies, double value) {}
