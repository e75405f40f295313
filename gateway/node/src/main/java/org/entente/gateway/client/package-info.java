/** The client side of the gateway, for commands and tools: channels with mutual TLS. */
@NullMarked
package org.entente.gateway.client;

import org.jspecify.annotations.NullMarked;
