/** Drafts that wait for a second person: what is held, for how long, and who decides. */
@NullMarked
package org.entente.gateway.feature.release;

import org.jspecify.annotations.NullMarked;
