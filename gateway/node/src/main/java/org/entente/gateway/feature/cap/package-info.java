/** Reads and writes CAP documents in a running gateway. */
@NullMarked
package org.entente.gateway.feature.cap;

import org.jspecify.annotations.NullMarked;
