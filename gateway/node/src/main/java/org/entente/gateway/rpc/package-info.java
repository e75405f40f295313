/**
 * The network edge: TLS, who is calling, gRPC services, and how problems become statuses. Decides
 * nothing itself.
 */
@NullMarked
package org.entente.gateway.rpc;

import org.jspecify.annotations.NullMarked;
