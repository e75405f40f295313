@NullMarked
package org.entente.gateway.transmit;

import org.jspecify.annotations.NullMarked;
