/** Reads agreements and node rules from files and says what is wrong or odd in them. */
@NullMarked
package org.entente.gateway.policy.load;

import org.jspecify.annotations.NullMarked;
