/** How spans wait for a collector. */
@NullMarked
package org.entente.gateway.feature.trace;

import org.jspecify.annotations.NullMarked;
