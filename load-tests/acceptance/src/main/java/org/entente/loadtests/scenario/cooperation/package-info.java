/** Steps about consent, requests, responders and joint operations. */
@NullMarked
package org.entente.loadtests.scenario.cooperation;

import org.jspecify.annotations.NullMarked;
