@NullMarked
package org.entente.gateway.deliver;

import org.jspecify.annotations.NullMarked;
