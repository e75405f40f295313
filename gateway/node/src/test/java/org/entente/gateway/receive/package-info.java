/** Deliveries as a hostile peer would write them. */
@NullMarked
package org.entente.gateway.receive;

import org.jspecify.annotations.NullMarked;
