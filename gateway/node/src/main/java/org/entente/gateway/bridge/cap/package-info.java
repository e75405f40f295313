/** Converts between CAP alerts and messages, and reports what does not carry over. */
@NullMarked
package org.entente.gateway.bridge.cap;

import org.jspecify.annotations.NullMarked;
