/**
 * Identification of the other end of a connection: checks certificates against the trust bundle and
 * the node's own list of clients.
 */
@NullMarked
package org.entente.gateway.identity;

import org.jspecify.annotations.NullMarked;
