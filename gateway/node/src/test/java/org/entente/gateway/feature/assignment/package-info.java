/** Who acts on a message. */
@NullMarked
package org.entente.gateway.feature.assignment;

import org.jspecify.annotations.NullMarked;
