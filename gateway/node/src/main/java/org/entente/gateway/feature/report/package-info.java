/** Reports from the audit log: proofs about single messages, and the records of a period. */
@NullMarked
package org.entente.gateway.feature.report;

import org.jspecify.annotations.NullMarked;
