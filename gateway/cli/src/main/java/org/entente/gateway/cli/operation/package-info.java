/** Commands about joint operations. */
@NullMarked
package org.entente.gateway.cli.operation;

import org.jspecify.annotations.NullMarked;
