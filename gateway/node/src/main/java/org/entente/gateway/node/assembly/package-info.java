/**
 * Assembles a running gateway from its parts, in the order of a message's life, and closes them in
 * the reverse order.
 */
@NullMarked
package org.entente.gateway.node.assembly;

import org.jspecify.annotations.NullMarked;
