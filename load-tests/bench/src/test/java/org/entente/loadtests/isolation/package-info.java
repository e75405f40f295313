/** The short form of the measurement of isolation. */
@NullMarked
package org.entente.loadtests.isolation;

import org.jspecify.annotations.NullMarked;
