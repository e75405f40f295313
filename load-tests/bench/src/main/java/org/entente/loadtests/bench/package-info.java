/**
 * The benchmark: two gateways, driven from outside, beside a chain that only passes bytes on and
 * beside what users have today; see docs/develop/benchmarks.md.
 */
@NullMarked
package org.entente.loadtests.bench;

import org.jspecify.annotations.NullMarked;
