@NullMarked
package org.entente.gateway.seal.format;

import org.jspecify.annotations.NullMarked;
