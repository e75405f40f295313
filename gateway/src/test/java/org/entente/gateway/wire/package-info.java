/** The network edge, tried over real sockets. */
@NullMarked
package org.entente.gateway.wire;

import org.jspecify.annotations.NullMarked;
