package org.entente.gateway.simulation;

import org.entente.gateway.simulation.ScaleFederation.Shape;

/**
 * One measured point.
 *
 * @param quantity what was measured, such as {@code gossip.rounds}
 * @param shape how agencies were linked
 * @param agencies how many there were, the transit not counted
 * @param value in the unit of the quantity
 */
public record ScalePoint(ScaleQuantity quantity, Shape shape, int agencies, double value) {}
