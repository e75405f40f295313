@NullMarked
package org.entente.gateway.cel;

import org.jspecify.annotations.NullMarked;
