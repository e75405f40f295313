@NullMarked
package org.entente.gateway.audit.record;

import org.jspecify.annotations.NullMarked;
