/** A gRPC server whose connections and calls are bounded, and which knows who calls. */
@NullMarked
package org.entente.gateway.rpc.server;

import org.jspecify.annotations.NullMarked;
