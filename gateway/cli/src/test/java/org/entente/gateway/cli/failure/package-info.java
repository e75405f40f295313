@NullMarked
package org.entente.gateway.cli.failure;

import org.jspecify.annotations.NullMarked;
