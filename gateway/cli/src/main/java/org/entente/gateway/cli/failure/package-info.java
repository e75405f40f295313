/** Failures of commands, each with a message and an exit code. */
@NullMarked
package org.entente.gateway.cli.failure;

import org.jspecify.annotations.NullMarked;
