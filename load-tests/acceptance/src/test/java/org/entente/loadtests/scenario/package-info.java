/** Tests of scenarios. */
@NullMarked
package org.entente.loadtests.scenario;

import org.jspecify.annotations.NullMarked;
