@NullMarked
package org.entente.gateway.intake;

import org.jspecify.annotations.NullMarked;
