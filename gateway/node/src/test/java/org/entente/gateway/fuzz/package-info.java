@NullMarked
package org.entente.gateway.fuzz;

import org.jspecify.annotations.NullMarked;
