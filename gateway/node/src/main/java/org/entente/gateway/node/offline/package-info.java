/** Commands' work on the files of a node that does not run. */
@NullMarked
package org.entente.gateway.node.offline;

import org.jspecify.annotations.NullMarked;
