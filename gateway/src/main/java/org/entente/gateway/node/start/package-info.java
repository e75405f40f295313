/** Why a node cannot start, and how it reads passphrases. */
@NullMarked
package org.entente.gateway.node.start;

import org.jspecify.annotations.NullMarked;
