@NullMarked
package org.entente.gateway.link;

import org.jspecify.annotations.NullMarked;
