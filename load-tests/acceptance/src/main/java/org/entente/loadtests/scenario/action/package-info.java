/** What steps of a scenario have in common: calls, checks, and the things that a scenario names. */
@NullMarked
package org.entente.loadtests.scenario.action;

import org.jspecify.annotations.NullMarked;
