/**
 * Measures whether one dead, slow or hostile peer or client affects the others, with real
 * processes.
 */
@NullMarked
package org.entente.loadtests.isolation;

import org.jspecify.annotations.NullMarked;
