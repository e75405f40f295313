@NullMarked
package org.entente.gateway.bridge.mapping;

import org.jspecify.annotations.NullMarked;
