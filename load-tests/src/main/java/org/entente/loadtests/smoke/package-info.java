/** A small benchmark: what two gateways cost beside a chain that only passes through. */
@NullMarked
package org.entente.loadtests.smoke;

import org.jspecify.annotations.NullMarked;
