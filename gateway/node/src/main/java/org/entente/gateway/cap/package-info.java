/** Reads and writes CAP documents in a running gateway. */
@NullMarked
package org.entente.gateway.cap;

import org.jspecify.annotations.NullMarked;
