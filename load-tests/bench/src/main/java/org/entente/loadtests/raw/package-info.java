/** A chain of processes that only pass bytes on: the floor under what gateways can cost. */
@NullMarked
package org.entente.loadtests.raw;

import org.jspecify.annotations.NullMarked;
