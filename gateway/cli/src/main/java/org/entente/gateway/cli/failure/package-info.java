/** How a command fails: with a message for its user and an exit code. */
@NullMarked
package org.entente.gateway.cli.failure;

import org.jspecify.annotations.NullMarked;
