/** The network edge, tried over real sockets. */
@NullMarked
package org.entente.gateway.rpc;

import org.jspecify.annotations.NullMarked;
