/**
 * How long received content is kept, and how it goes: at the end of its bucket, or one message
 * before; unless a legal hold keeps it.
 */
@NullMarked
package org.entente.gateway.retention;

import org.jspecify.annotations.NullMarked;
