@NullMarked
package org.entente.gateway.witness;

import org.jspecify.annotations.NullMarked;
