/** Drafts that wait for a second person, and the decisions on them. */
@NullMarked
package org.entente.gateway.feature.release;

import org.jspecify.annotations.NullMarked;
