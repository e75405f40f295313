@NullMarked
package org.entente.gateway.audit.proof;

import org.jspecify.annotations.NullMarked;
