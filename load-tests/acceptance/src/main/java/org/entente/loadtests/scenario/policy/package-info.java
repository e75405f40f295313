/** Steps that run commands about policy. */
@NullMarked
package org.entente.loadtests.scenario.policy;

import org.jspecify.annotations.NullMarked;
