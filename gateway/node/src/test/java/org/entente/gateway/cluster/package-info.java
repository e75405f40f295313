/** Tests of the replicated store, with real nodes of Ratis on loopback. */
@NullMarked
package org.entente.gateway.cluster;

import org.jspecify.annotations.NullMarked;
