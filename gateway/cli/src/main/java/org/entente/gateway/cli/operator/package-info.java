/** Commands for the operators of a gateway. */
@NullMarked
package org.entente.gateway.cli.operator;

import org.jspecify.annotations.NullMarked;
