/** Code lists: the values that labels may have, and what they mean. */
@NullMarked
package org.entente.gateway.policy.codes;

import org.jspecify.annotations.NullMarked;
