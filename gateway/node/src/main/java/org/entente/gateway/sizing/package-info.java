/** What a federation will need, reckoned from what was measured. No I/O but the costs' own file. */
@NullMarked
package org.entente.gateway.sizing;

import org.jspecify.annotations.NullMarked;
