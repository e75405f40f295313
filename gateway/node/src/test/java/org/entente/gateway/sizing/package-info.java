/** Tests of sizing. */
@NullMarked
package org.entente.gateway.sizing;

import org.jspecify.annotations.NullMarked;
