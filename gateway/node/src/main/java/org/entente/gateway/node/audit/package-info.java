/** The node's audit log: opens it, signs its checkpoints, and cosigns those of others. */
@NullMarked
package org.entente.gateway.node.audit;

import org.jspecify.annotations.NullMarked;
