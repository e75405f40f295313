/** Steps that send, find and follow messages, and that start and stop gateways. */
@NullMarked
package org.entente.loadtests.scenario.step;

import org.jspecify.annotations.NullMarked;
