@NullMarked
package org.entente.gateway.node.keys;

import org.jspecify.annotations.NullMarked;
