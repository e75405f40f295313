@NullMarked
package org.entente.gateway.cli.ceremony;

import org.jspecify.annotations.NullMarked;
