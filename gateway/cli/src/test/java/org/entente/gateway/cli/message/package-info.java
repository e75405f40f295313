@NullMarked
package org.entente.gateway.cli.message;

import org.jspecify.annotations.NullMarked;
