/** The node's secret keys and TLS certificate, for the parts that use them. */
@NullMarked
package org.entente.gateway.node.keys;

import org.jspecify.annotations.NullMarked;
