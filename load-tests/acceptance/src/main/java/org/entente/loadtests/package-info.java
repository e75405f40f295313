/** An outside client of the gateway: demonstration, load, comparison. */
@NullMarked
package org.entente.loadtests;

import org.jspecify.annotations.NullMarked;
