/** Commands about the audit log and proofs. */
@NullMarked
package org.entente.gateway.cli.audit;

import org.jspecify.annotations.NullMarked;
