/**
 * Several gateways in one thread under virtual time and one seed: the node's own code over a
 * simulated disk, network and clock, with faults. See docs/develop/simulation.md.
 */
@NullMarked
package org.entente.gateway.simulation;

import org.jspecify.annotations.NullMarked;
