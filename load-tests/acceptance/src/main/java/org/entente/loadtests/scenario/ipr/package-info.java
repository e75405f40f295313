/** Steps about intellectual property rights. */
@NullMarked
package org.entente.loadtests.scenario.ipr;

import org.jspecify.annotations.NullMarked;
