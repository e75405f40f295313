/**
 * Whether one dead, slow or hostile peer or client changes anything for the others, measured over
 * processes.
 */
@NullMarked
package org.entente.loadtests.isolation;

import org.jspecify.annotations.NullMarked;
