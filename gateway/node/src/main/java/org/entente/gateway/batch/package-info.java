/** Batches permitted messages and seals each batch into one envelope. */
@NullMarked
package org.entente.gateway.batch;

import org.jspecify.annotations.NullMarked;
