@NullMarked
package org.entente.gateway.bridge.cap;

import org.jspecify.annotations.NullMarked;
