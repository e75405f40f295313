@NullMarked
package org.entente.gateway.policy.decide;

import org.jspecify.annotations.NullMarked;
