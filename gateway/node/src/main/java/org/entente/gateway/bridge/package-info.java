/**
 * Ways in and out for what agencies already have: exports as JSON Lines turned into drafts by a
 * mapping file, CAP 1.1 and 1.2 XML read, CAP 1.2 XML written.
 *
 * <p>Everything read here is untrusted: sizes and depths are bounded, and what is wrong with one
 * record is reported as a {@link org.entente.gateway.bridge.format.BadRecord} while the others go
 * on.
 */
@NullMarked
package org.entente.gateway.bridge;

import org.jspecify.annotations.NullMarked;
