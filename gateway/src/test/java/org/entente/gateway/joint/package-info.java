/** Joint operations: what rosters and messages may do. */
@NullMarked
package org.entente.gateway.joint;

import org.jspecify.annotations.NullMarked;
