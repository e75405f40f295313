/**
 * Retention of received content: it is erased at the end of its bucket, or earlier message by
 * message, unless a legal hold keeps it.
 */
@NullMarked
package org.entente.gateway.retention;

import org.jspecify.annotations.NullMarked;
