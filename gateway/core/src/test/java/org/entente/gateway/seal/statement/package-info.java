@NullMarked
package org.entente.gateway.seal.statement;

import org.jspecify.annotations.NullMarked;
