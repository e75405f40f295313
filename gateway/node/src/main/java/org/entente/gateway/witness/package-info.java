/**
 * Witnessing of audit logs: cosigning other agencies' checkpoints, and collecting cosignatures for
 * this gateway's own (C2SP tlog-witness, over the links instead of HTTP).
 */
@NullMarked
package org.entente.gateway.witness;

import org.jspecify.annotations.NullMarked;
