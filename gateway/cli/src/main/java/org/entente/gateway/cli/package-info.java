/** The commands of {@code entente}. */
@NullMarked
package org.entente.gateway.cli;

import org.jspecify.annotations.NullMarked;
