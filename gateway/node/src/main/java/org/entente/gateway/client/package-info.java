/** The gateway's own client side, for commands and tools: channels by mutual TLS. */
@NullMarked
package org.entente.gateway.client;

import org.jspecify.annotations.NullMarked;
