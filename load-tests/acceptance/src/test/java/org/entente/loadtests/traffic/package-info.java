/** Tests of the clients and of their counting. */
@NullMarked
package org.entente.loadtests.traffic;

import org.jspecify.annotations.NullMarked;
