/** Who acts on a message: statements of recipients and of this agency. */
@NullMarked
package org.entente.gateway.assignment;

import org.jspecify.annotations.NullMarked;
