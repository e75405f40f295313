@NullMarked
package org.entente.gateway.seal;

import org.jspecify.annotations.NullMarked;
