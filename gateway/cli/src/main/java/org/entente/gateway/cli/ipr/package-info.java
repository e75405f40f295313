/** Commands for customs enforcement of intellectual property rights. */
@NullMarked
package org.entente.gateway.cli.ipr;

import org.jspecify.annotations.NullMarked;
