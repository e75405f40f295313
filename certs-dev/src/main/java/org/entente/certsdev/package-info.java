/**
 * Mints a throwaway federation: short-lived keys and certificates for every agency of a
 * specification, and the trust bundle that names them. For demonstrations and tests; a real
 * federation keeps its root keys apart and offline.
 */
@NullMarked
package org.entente.certsdev;

import org.jspecify.annotations.NullMarked;
