/** Operations of commands on the files of a stopped node. */
@NullMarked
package org.entente.gateway.node.offline;

import org.jspecify.annotations.NullMarked;
