/** Tests of risk scores. */
@NullMarked
package org.entente.gateway.risk;

import org.jspecify.annotations.NullMarked;
