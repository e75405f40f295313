@NullMarked
package org.entente.gateway.cli.ipr;

import org.jspecify.annotations.NullMarked;
