/** Tests of batching. */
@NullMarked
package org.entente.gateway.batch;

import org.jspecify.annotations.NullMarked;
