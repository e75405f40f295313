@NullMarked
package org.entente.gateway.policy;

import org.jspecify.annotations.NullMarked;
