@NullMarked
package org.entente.gateway.federation;

import org.jspecify.annotations.NullMarked;
