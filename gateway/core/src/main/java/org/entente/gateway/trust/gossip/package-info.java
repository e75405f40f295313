/**
 * Exchange of trust bundles between gateways, and the statements of witnesses about the newest
 * bundle.
 */
@NullMarked
package org.entente.gateway.trust.gossip;

import org.jspecify.annotations.NullMarked;
