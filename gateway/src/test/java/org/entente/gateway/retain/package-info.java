@NullMarked
package org.entente.gateway.retain;

import org.jspecify.annotations.NullMarked;
