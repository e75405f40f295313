/** Common parts of scenario steps: calls, checks and named objects. */
@NullMarked
package org.entente.loadtests.scenario.action;

import org.jspecify.annotations.NullMarked;
