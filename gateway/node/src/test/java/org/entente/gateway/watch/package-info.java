/** What watches hit, for whom, and what they do not show. */
@NullMarked
package org.entente.gateway.watch;

import org.jspecify.annotations.NullMarked;
