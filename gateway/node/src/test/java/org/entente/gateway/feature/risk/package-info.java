/** Tests of risk scores. */
@NullMarked
package org.entente.gateway.feature.risk;

import org.jspecify.annotations.NullMarked;
