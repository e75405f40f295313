/** A chain of processes that only forward bytes: the least that gateways can cost. */
@NullMarked
package org.entente.loadtests.raw;

import org.jspecify.annotations.NullMarked;
