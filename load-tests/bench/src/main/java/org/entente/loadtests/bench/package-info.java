/**
 * The benchmark: compares two gateways, driven from outside, with a chain that only forwards bytes
 * and with systems in use today; see docs/develop/benchmarks.md.
 */
@NullMarked
package org.entente.loadtests.bench;

import org.jspecify.annotations.NullMarked;
