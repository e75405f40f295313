/**
 * Where the path of a message tells its stages.
 *
 * <p>{@link org.entente.gateway.trace.MessageTracer} is what the path knows of traces; feature
 * {@code trace} implements it.
 */
@NullMarked
package org.entente.gateway.trace;

import org.jspecify.annotations.NullMarked;
