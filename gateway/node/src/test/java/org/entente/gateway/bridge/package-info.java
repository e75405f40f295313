/** Tests of mappings, CAP and alert sources. */
@NullMarked
package org.entente.gateway.bridge;

import org.jspecify.annotations.NullMarked;
