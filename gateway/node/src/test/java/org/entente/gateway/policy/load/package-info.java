@NullMarked
package org.entente.gateway.policy.load;

import org.jspecify.annotations.NullMarked;
