/** What a leaf of the audit log says, and how it is sealed and opened. */
@NullMarked
package org.entente.gateway.audit.record;

import org.jspecify.annotations.NullMarked;
