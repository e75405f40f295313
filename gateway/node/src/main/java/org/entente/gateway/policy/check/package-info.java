/** Checks drafts and received messages field by field, before any agreement is evaluated. */
@NullMarked
package org.entente.gateway.policy.check;

import org.jspecify.annotations.NullMarked;
