/** Tests of what an outside client does. */
@NullMarked
package org.entente.loadtests;

import org.jspecify.annotations.NullMarked;
