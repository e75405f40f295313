/** Tests of the benchmark; none judges a time. */
@NullMarked
package org.entente.loadtests.bench;

import org.jspecify.annotations.NullMarked;
