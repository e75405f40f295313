@NullMarked
package org.entente.gateway.policy.analysis;

import org.jspecify.annotations.NullMarked;
