@NullMarked
package org.entente.gateway.meter;

import org.jspecify.annotations.NullMarked;
