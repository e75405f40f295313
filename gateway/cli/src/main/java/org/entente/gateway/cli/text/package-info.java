/** Values as people type them and read them on a terminal. */
@NullMarked
package org.entente.gateway.cli.text;

import org.jspecify.annotations.NullMarked;
