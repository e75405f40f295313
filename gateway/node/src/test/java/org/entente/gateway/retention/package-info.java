@NullMarked
package org.entente.gateway.retention;

import org.jspecify.annotations.NullMarked;
