/** Options, connections and failures that commands which call a gateway share. */
@NullMarked
package org.entente.gateway.cli.call;

import org.jspecify.annotations.NullMarked;
