/** Joint operations: what rosters and messages may do. */
@NullMarked
package org.entente.gateway.feature.operation;

import org.jspecify.annotations.NullMarked;
