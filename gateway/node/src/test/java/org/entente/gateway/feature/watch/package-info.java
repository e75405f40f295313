/** What watches hit, for whom, and what they do not show. */
@NullMarked
package org.entente.gateway.feature.watch;

import org.jspecify.annotations.NullMarked;
