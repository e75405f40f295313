/** Identifiers of the subjects of messages, and the forms of other coded texts. */
@NullMarked
package org.entente.gateway.policy.subject;

import org.jspecify.annotations.NullMarked;
