/** Giving account from the audit log: proofs about single messages, and what was done in a time. */
@NullMarked
package org.entente.gateway.report;

import org.jspecify.annotations.NullMarked;
