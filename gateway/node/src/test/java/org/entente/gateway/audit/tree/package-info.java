@NullMarked
package org.entente.gateway.audit.tree;

import org.jspecify.annotations.NullMarked;
