@NullMarked
package org.entente.gateway.node.assembly;

import org.jspecify.annotations.NullMarked;
