@NullMarked
package org.entente.gateway.policy.terms;

import org.jspecify.annotations.NullMarked;
