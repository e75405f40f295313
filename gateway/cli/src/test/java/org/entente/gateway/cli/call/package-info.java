@NullMarked
package org.entente.gateway.cli.call;

import org.jspecify.annotations.NullMarked;
