@NullMarked
package org.entente.gateway.node.console;

import org.jspecify.annotations.NullMarked;
