@NullMarked
package org.entente.gateway.policy.check;

import org.jspecify.annotations.NullMarked;
