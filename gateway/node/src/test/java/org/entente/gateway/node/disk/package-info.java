@NullMarked
package org.entente.gateway.node.disk;

import org.jspecify.annotations.NullMarked;
