@NullMarked
package org.entente.gateway.ipr;

import org.jspecify.annotations.NullMarked;
