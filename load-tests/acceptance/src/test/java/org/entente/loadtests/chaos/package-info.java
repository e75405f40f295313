/** Tests of the comparison of journals, and a short run with real kills. */
@NullMarked
package org.entente.loadtests.chaos;

import org.jspecify.annotations.NullMarked;
