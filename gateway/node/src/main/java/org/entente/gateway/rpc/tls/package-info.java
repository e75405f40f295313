/** TLS 1.3 with certificates on both sides, checked against the trust bundle at each handshake. */
@NullMarked
package org.entente.gateway.rpc.tls;

import org.jspecify.annotations.NullMarked;
