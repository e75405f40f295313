/** A gRPC server with bounded connections and calls and identified callers. */
@NullMarked
package org.entente.gateway.rpc.server;

import org.jspecify.annotations.NullMarked;
