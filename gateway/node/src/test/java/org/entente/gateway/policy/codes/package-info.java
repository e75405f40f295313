@NullMarked
package org.entente.gateway.policy.codes;

import org.jspecify.annotations.NullMarked;
