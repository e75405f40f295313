/**
 * Import and export in formats that agencies already use: JSON Lines turned into drafts by a
 * mapping file, CAP 1.1 and 1.2 XML read, CAP 1.2 XML written.
 *
 * <p>All input is untrusted: sizes and depths are bounded, and a faulty record is reported as a
 * {@link org.entente.gateway.bridge.format.BadRecord} while the others continue.
 */
@NullMarked
package org.entente.gateway.bridge;

import org.jspecify.annotations.NullMarked;
