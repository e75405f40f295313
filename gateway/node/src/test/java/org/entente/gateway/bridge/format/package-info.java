@NullMarked
package org.entente.gateway.bridge.format;

import org.jspecify.annotations.NullMarked;
