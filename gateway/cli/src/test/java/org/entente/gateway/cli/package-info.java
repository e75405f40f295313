/** Commands as far as they are more than a call. */
@NullMarked
package org.entente.gateway.cli;

import org.jspecify.annotations.NullMarked;
