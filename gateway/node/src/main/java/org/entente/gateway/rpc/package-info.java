/**
 * The network edge: TLS, caller identity, gRPC services, and the mapping of problems to statuses.
 * Makes no decisions of its own.
 */
@NullMarked
package org.entente.gateway.rpc;

import org.jspecify.annotations.NullMarked;
