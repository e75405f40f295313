/** Tests of the store. */
@NullMarked
package org.entente.gateway.store;

import org.jspecify.annotations.NullMarked;
