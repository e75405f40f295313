/** Reads agreements and node rules from files and reports problems and oddities in them. */
@NullMarked
package org.entente.gateway.policy.load;

import org.jspecify.annotations.NullMarked;
