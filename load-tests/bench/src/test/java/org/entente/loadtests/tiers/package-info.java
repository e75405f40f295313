/** Which tier has which test. */
@NullMarked
package org.entente.loadtests.tiers;

import org.jspecify.annotations.NullMarked;
