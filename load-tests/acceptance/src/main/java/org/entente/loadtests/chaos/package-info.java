/** Gateways killed at random moments under load, and the journals of their clients compared. */
@NullMarked
package org.entente.loadtests.chaos;

import org.jspecify.annotations.NullMarked;
