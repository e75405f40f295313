@NullMarked
package org.entente.gateway.trust.gossip;

import org.jspecify.annotations.NullMarked;
