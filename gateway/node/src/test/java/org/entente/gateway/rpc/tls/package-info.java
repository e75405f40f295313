@NullMarked
package org.entente.gateway.rpc.tls;

import org.jspecify.annotations.NullMarked;
