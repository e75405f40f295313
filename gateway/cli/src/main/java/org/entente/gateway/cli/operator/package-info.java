/** Commands of the people who operate a gateway. */
@NullMarked
package org.entente.gateway.cli.operator;

import org.jspecify.annotations.NullMarked;
