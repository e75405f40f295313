/** Who acts on a message. */
@NullMarked
package org.entente.gateway.assignment;

import org.jspecify.annotations.NullMarked;
