/** Outside clients that publish, subscribe and count. */
@NullMarked
package org.entente.loadtests.traffic;

import org.jspecify.annotations.NullMarked;
