/** Tests of the gateway's own client side. */
@NullMarked
package org.entente.gateway.client;

import org.jspecify.annotations.NullMarked;
