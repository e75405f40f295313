/**
 * The audit log: a transparency log (RFC 6962 hashing, C2SP tlog-tiles and tlog-checkpoint). Its
 * leaves are written in the same commit as the changes that they record, and reveal nothing to a
 * log reader.
 */
@org.jspecify.annotations.NullMarked
package org.entente.gateway.audit;
