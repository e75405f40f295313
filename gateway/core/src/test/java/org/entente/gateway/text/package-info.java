@NullMarked
package org.entente.gateway.text;

import org.jspecify.annotations.NullMarked;
