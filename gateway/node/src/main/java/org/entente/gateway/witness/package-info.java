/**
 * Witnessing audit logs: cosigning other agencies' checkpoints, and having the own ones cosigned
 * (C2SP tlog-witness, over the links instead of HTTP).
 */
@NullMarked
package org.entente.gateway.witness;

import org.jspecify.annotations.NullMarked;
