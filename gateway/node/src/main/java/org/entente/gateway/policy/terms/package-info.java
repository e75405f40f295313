/**
 * The terms of policy: agreements, node rules, redactions, obligations, and who belongs to the
 * federation.
 */
@NullMarked
package org.entente.gateway.policy.terms;

import org.jspecify.annotations.NullMarked;
