/** Tests of identifiers. */
@NullMarked
package org.entente.gateway.policy.subject;

import org.jspecify.annotations.NullMarked;
