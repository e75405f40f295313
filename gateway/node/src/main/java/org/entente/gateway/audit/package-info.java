/**
 * The audit log: a transparency log (RFC 6962 hashing, C2SP tlog-tiles and tlog-checkpoint) whose
 * leaves are written in the same commit as what they speak of, and show a log reader nothing.
 */
@org.jspecify.annotations.NullMarked
package org.entente.gateway.audit;
