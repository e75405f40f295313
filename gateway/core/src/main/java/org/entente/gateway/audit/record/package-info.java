/** Records in the leaves of the audit log, and how they are sealed and opened. */
@NullMarked
package org.entente.gateway.audit.record;

import org.jspecify.annotations.NullMarked;
