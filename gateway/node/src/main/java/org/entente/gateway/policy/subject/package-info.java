/** Identifiers of what messages are about, and the forms of other coded texts. */
@NullMarked
package org.entente.gateway.policy.subject;

import org.jspecify.annotations.NullMarked;
