@NullMarked
package org.entente.gateway.node.offline;

import org.jspecify.annotations.NullMarked;
