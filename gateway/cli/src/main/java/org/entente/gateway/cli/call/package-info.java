/** What commands that call a gateway have in common: options, connections, failures. */
@NullMarked
package org.entente.gateway.cli.call;

import org.jspecify.annotations.NullMarked;
