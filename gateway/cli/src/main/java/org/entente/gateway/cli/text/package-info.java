/** Parsers of command-line values and texts for the terminal. */
@NullMarked
package org.entente.gateway.cli.text;

import org.jspecify.annotations.NullMarked;
