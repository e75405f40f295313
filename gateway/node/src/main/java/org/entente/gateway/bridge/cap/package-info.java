/** Translates between CAP alerts and messages, and says what does not carry over. */
@NullMarked
package org.entente.gateway.bridge.cap;

import org.jspecify.annotations.NullMarked;
