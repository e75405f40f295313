/** Tests of asking for consent to passing on, and of consenting. */
@NullMarked
package org.entente.gateway.feature.consent;

import org.jspecify.annotations.NullMarked;
