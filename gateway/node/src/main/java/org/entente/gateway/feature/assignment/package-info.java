/** Who acts on a message: statements of recipients and of this agency. */
@NullMarked
package org.entente.gateway.feature.assignment;

import org.jspecify.annotations.NullMarked;
