/** CAP documents in and out of a running gateway. */
@NullMarked
package org.entente.gateway.cap;

import org.jspecify.annotations.NullMarked;
